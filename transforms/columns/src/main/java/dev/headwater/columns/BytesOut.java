package dev.headwater.columns;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes, little-endian. */
final class BytesOut {
  static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] array;
  private int size;

  BytesOut(byte[] array) {
    this.array = array;
  }

  byte[] array() {
    return array;
  }

  int size() {
    return size;
  }

  /** Adds this many bytes for the caller to fill; returns where they begin in {@link #array}. */
  int grow(long bytes) {
    long end = size + bytes;
    if (end > array.length) {
      if (end > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException("a batch of more than 2 GiB; slice it");
      }
      array =
          Arrays.copyOf(
              array, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(end, 2L * array.length)));
    }
    int at = size;
    size = (int) end;
    return at;
  }

  void put(int value) {
    int at = grow(1);
    array[at] = (byte) value;
  }

  void fixed(int value) {
    INT.set(array, grow(4), value);
  }

  /** Seven bits a byte, the low ones first. */
  void count(long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      put((int) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    put((int) left);
  }

  /** As a count, small for small negative numbers too. */
  void signed(long value) {
    count(value << 1 ^ value >> 63);
  }

  void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    count(bytes.length);
    raw(bytes, bytes.length);
  }

  void raw(byte[] bytes, int length) {
    int at = grow(length);
    System.arraycopy(bytes, 0, array, at, length);
  }

  void raw(long[] values) {
    view(8L * values.length).asLongBuffer().put(values);
  }

  void raw(int[] values) {
    view(4L * values.length).asIntBuffer().put(values);
  }

  void raw(float[] values) {
    view(4L * values.length).asFloatBuffer().put(values);
  }

  void raw(double[] values) {
    view(8L * values.length).asDoubleBuffer().put(values);
  }

  private ByteBuffer view(long bytes) {
    int at = grow(bytes);
    return ByteBuffer.wrap(array, at, (int) bytes).slice().order(ByteOrder.LITTLE_ENDIAN);
  }
}

package dev.headwater.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bytes that are appended; little-endian numbers. */
final class ByteSink {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[64];
  private int size;

  void reserve(int more) {
    int wanted = Math.addExact(size, more);
    if (wanted > bytes.length) {
      long grown = Math.min(2L * wanted, Integer.MAX_VALUE - 8);
      bytes = Arrays.copyOf(bytes, (int) Math.max(grown, wanted));
    }
  }

  void write(int b) {
    if (size == bytes.length) {
      reserve(1);
    }
    bytes[size++] = (byte) b;
  }

  void writeInt(int value) {
    reserve(4);
    INT.set(bytes, size, value);
    size += 4;
  }

  void writeLong(long value) {
    reserve(8);
    LONG.set(bytes, size, value);
    size += 8;
  }

  void write(byte[] from, int at, int length) {
    reserve(length);
    System.arraycopy(from, at, bytes, size, length);
    size += length;
  }

  void write(ByteSink other) {
    write(other.bytes, 0, other.size);
  }

  int size() {
    return size;
  }

  /** How many bytes of memory it takes. */
  int room() {
    return bytes.length;
  }

  void clear() {
    size = 0;
    if (bytes.length > 1 << 22) {
      bytes = new byte[64];
    }
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }
}

package dev.headwater.columns;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link BytesOut} wrote, and nothing past the end. */
final class BytesIn {
  /** More values than this in one column are taken for garbage before memory is. */
  static final int MAX_COUNT = 1 << 27;

  private final byte[] array;
  private final int end;
  private int at;

  BytesIn(byte[] array, int from, int end) {
    this.array = array;
    this.at = from;
    this.end = end;
  }

  byte[] array() {
    return array;
  }

  int at() {
    return at;
  }

  /** Steps over this many bytes; returns where they begin in {@link #array}. */
  int take(long bytes) {
    if (bytes < 0 || bytes > end - at) {
      throw wrong(bytes + " more bytes are needed, but " + (end - at) + " are left");
    }
    int from = at;
    at += (int) bytes;
    return from;
  }

  int one() {
    return array[take(1)] & 0xff;
  }

  long number() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = one();
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw wrong("a number of more than ten bytes");
  }

  /** A number of things. */
  int count() {
    long value = number();
    if (value < 0 || value > MAX_COUNT) {
      throw wrong("a count of " + Long.toUnsignedString(value));
    }
    return (int) value;
  }

  long signed() {
    long value = number();
    return value >>> 1 ^ -(value & 1);
  }

  String text() {
    int length = count();
    return new String(array, take(length), length, StandardCharsets.UTF_8);
  }

  byte[] raw(long length) {
    int from = take(length);
    return Arrays.copyOfRange(array, from, from + (int) length);
  }

  long[] longs(int count) {
    ByteBuffer view = view(8L * count);
    long[] out = new long[count];
    view.asLongBuffer().get(out);
    return out;
  }

  int[] ints(int count) {
    ByteBuffer view = view(4L * count);
    int[] out = new int[count];
    view.asIntBuffer().get(out);
    return out;
  }

  float[] floats(int count) {
    ByteBuffer view = view(4L * count);
    float[] out = new float[count];
    view.asFloatBuffer().get(out);
    return out;
  }

  double[] doubles(int count) {
    ByteBuffer view = view(8L * count);
    double[] out = new double[count];
    view.asDoubleBuffer().get(out);
    return out;
  }

  private ByteBuffer view(long bytes) {
    return ByteBuffer.wrap(array, take(bytes), (int) bytes).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("not a batch: at byte " + at + ", " + what);
  }
}

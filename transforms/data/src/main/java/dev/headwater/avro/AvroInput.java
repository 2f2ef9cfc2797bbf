package dev.headwater.avro;

/** Values of Avro's binary encoding out of bytes, one after the other. One thread. */
final class AvroInput {
  /** How many values of no bytes an array may have. */
  private static final int MOST_EMPTY = 1 << 16;

  private byte[] data = new byte[0];
  private int at;
  private int end;

  void reset(byte[] bytes, int from, int to) {
    data = bytes;
    at = from;
    end = to;
  }

  /** The bytes that the values are in. */
  byte[] data() {
    return data;
  }

  int at() {
    return at;
  }

  /** How many bytes are left. */
  int left() {
    return end - at;
  }

  long readLong() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = readByte();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value >>> 1 ^ -(value & 1);
      }
    }
    throw new BadValue("syntax", "has a number of more than 64 bits");
  }

  int readInt() {
    long value = readLong();
    if (value != (int) value) {
      throw new BadValue("syntax", "has an int of more than 32 bits");
    }
    return (int) value;
  }

  private byte readByte() {
    if (at == end) {
      throw early();
    }
    return data[at++];
  }

  boolean readBoolean() {
    int b = readByte();
    if (b != 0 && b != 1) {
      throw new BadValue("syntax", "has a boolean that is neither true nor false");
    }
    return b == 1;
  }

  float readFloat() {
    return Float.intBitsToFloat((int) fixed(4));
  }

  double readDouble() {
    return Double.longBitsToDouble(fixed(8));
  }

  private long fixed(int bytes) {
    int from = skip(bytes);
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value << 8 | data[from + i] & 0xff;
    }
    return value;
  }

  /** How many bytes follow, which are there. */
  int readLength() {
    long length = readLong();
    if (length < 0) {
      throw new BadValue("syntax", "has a length below 0");
    }
    if (length > left()) {
      throw early();
    }
    return (int) length;
  }

  /** Goes over bytes, and gives where they begin. */
  int skip(int bytes) {
    if (bytes > left()) {
      throw early();
    }
    int from = at;
    at += bytes;
    return from;
  }

  /** How many values follow in a block of an array or a map; 0 at its end. */
  int readCount() {
    long count = readLong();
    if (count < 0) {
      readLength();
      count = -count;
    }
    if (count < 0 || count > Math.max(MOST_EMPTY, left())) {
      throw new BadValue("syntax", "has an array of " + count + " values in " + left() + " bytes");
    }
    return (int) count;
  }

  /** Which of so many members of a union, or symbols of an enum. */
  int readIndex(int count) {
    long index = readLong();
    if (index < 0 || index >= count) {
      throw new BadValue("syntax", "has choice " + index + " of " + count);
    }
    return (int) index;
  }

  private static BadValue early() {
    return new BadValue("syntax", "ends early");
  }
}

package dev.headwater.sketch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Whole numbers in as few bytes as they need. */
final class Varints {
  private Varints() {}

  /** Seven bits a byte, the lowest first; without sign. */
  static void write(DataOutput out, long value) throws IOException {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.writeByte((int) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    out.writeByte((int) left);
  }

  static long read(DataInput in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = in.readByte();
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IOException("a number of more than 64 bits");
  }

  /** As distances from one to the next. */
  static void writeAscending(DataOutput out, long[] values) throws IOException {
    write(out, values.length);
    long before = 0;
    for (int i = 0; i < values.length; i++) {
      if (i == 0) {
        out.writeLong(values[i]);
      } else {
        write(out, values[i] - before);
      }
      before = values[i];
    }
  }

  static long[] readAscending(DataInput in) throws IOException {
    long[] out = new long[(int) read(in)];
    for (int i = 0; i < out.length; i++) {
      out[i] = i == 0 ? in.readLong() : out[i - 1] + read(in);
    }
    return out;
  }

  static void write(DataOutput out, byte[] bytes) throws IOException {
    write(out, bytes.length);
    out.write(bytes);
  }

  static byte[] readBytes(DataInput in) throws IOException {
    byte[] out = new byte[(int) read(in)];
    in.readFully(out);
    return out;
  }
}

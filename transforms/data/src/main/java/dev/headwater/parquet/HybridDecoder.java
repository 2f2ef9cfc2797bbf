package dev.headwater.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Parquet's hybrid of run-length and bit-packed integers, decoded in bulk. Used for dictionary
 * codes and definition levels.
 */
final class HybridDecoder {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private final int width;
  private int pos;
  private boolean packed;

  /** Values left in the run. */
  private int left;

  /** The run's value, if it is not packed. */
  private int value;

  /** Where a packed run begins, and the next value's bit in it. */
  private int runStart;

  private long runBit;

  HybridDecoder(byte[] bytes, int from, int to, int width) {
    if (width < 0 || width > 32 || from < 0 || from > to || to > bytes.length) {
      throw new IllegalArgumentException(
          "codes of " + width + " bits in bytes " + from + " to " + to + " of " + bytes.length);
    }
    this.bytes = bytes;
    this.pos = from;
    this.end = to;
    this.width = width;
  }

  /**
   * Old files pack definition levels from the highest bit; turned round they are one packed run.
   */
  static HybridDecoder ofBigEndianBits(byte[] bytes, int from, int values) {
    int groups = (values + 7) / 8;
    byte[] run = new byte[groups + 5];
    int n = 0;
    for (int header = groups << 1 | 1; ; header >>>= 7) {
      if ((header & ~0x7f) == 0) {
        run[n++] = (byte) header;
        break;
      }
      run[n++] = (byte) (header & 0x7f | 0x80);
    }
    for (int i = 0; i < groups; i++) {
      run[n++] = (byte) (Integer.reverse(bytes[from + i]) >>> 24);
    }
    return new HybridDecoder(run, 0, n, 1);
  }

  /** The next {@code n} values into {@code out}. */
  void read(int[] out, int offset, int n) {
    int at = offset;
    int wanted = n;
    while (wanted > 0) {
      if (left == 0) {
        nextRun();
      }
      int k = Math.min(wanted, left);
      if (packed) {
        unpack(out, at, k);
      } else {
        Arrays.fill(out, at, at + k, value);
      }
      at += k;
      wanted -= k;
      left -= k;
    }
  }

  /**
   * The next {@code n} definition levels of a column that is not nested: sets the bits of its
   * nulls, and returns how many values are not null.
   */
  int readNulls(long[] nulls, int offset, int n, int[] scratch) {
    int at = offset;
    int wanted = n;
    int present = 0;
    while (wanted > 0) {
      if (left == 0) {
        nextRun();
      }
      int k = Math.min(wanted, left);
      if (packed) {
        unpack(scratch, 0, k);
        for (int i = 0; i < k; i++) {
          present += scratch[i];
          nulls[at + i >>> 6] |= (long) (1 - scratch[i]) << at + i;
        }
      } else if (value == 0) {
        for (int i = at; i < at + k; i++) {
          nulls[i >>> 6] |= 1L << i;
        }
      } else {
        present += k;
      }
      at += k;
      wanted -= k;
      left -= k;
    }
    return present;
  }

  /** Values are found by their bit's position, so a run can be left and taken up anywhere. */
  private void unpack(int[] out, int offset, int n) {
    long mask = width == 32 ? 0xffffffffL : (1L << width) - 1;
    for (int i = 0; i < n; i++) {
      int at = runStart + (int) (runBit >>> 3);
      long word = at + 8 <= bytes.length ? (long) LONG.get(bytes, at) : lastWord(at);
      out[offset + i] = (int) (word >>> (runBit & 7) & mask);
      runBit += width;
    }
  }

  private long lastWord(int at) {
    long word = 0;
    // Some writers leave the last group's padding out: it reads as zeros.
    for (int i = 0; i < 8 && at + i < bytes.length; i++) {
      word |= (bytes[at + i] & 0xffL) << 8 * i;
    }
    return word;
  }

  private void nextRun() {
    if (width == 0 && pos >= end) {
      packed = false;
      value = 0;
      left = Integer.MAX_VALUE;
      return;
    }
    int header = varint();
    packed = (header & 1) != 0;
    long values = packed ? (header >>> 1) * 8L : header >>> 1;
    if (packed && width == 0) {
      packed = false;
      value = 0;
    } else if (packed) {
      runStart = pos;
      runBit = 0;
      long length = values / 8 * width;
      // The last group may lack its padding, never a whole value.
      pos = (int) Math.min(end, pos + length);
      if (length - (pos - runStart) >= width) {
        throw new IllegalArgumentException("a run of " + values + " codes ends early");
      }
    } else {
      value = 0;
      for (int i = 0; i < (width + 7) / 8; i++) {
        value |= next() << 8 * i;
      }
    }
    left = (int) Math.min(values, Integer.MAX_VALUE);
  }

  private int varint() {
    int out = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int b = next();
      out |= (b & 0x7f) << shift;
      if ((b & 0x80) == 0) {
        return out;
      }
    }
    throw new IllegalArgumentException("the length of a run of codes is too large");
  }

  private int next() {
    if (pos >= end) {
      throw new IllegalArgumentException("codes end early");
    }
    return bytes[pos++] & 0xff;
  }
}

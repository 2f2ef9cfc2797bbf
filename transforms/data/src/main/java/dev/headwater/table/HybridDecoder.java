package dev.headwater.table;

import java.util.Arrays;
import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;

/**
 * Parquet's hybrid of run-length and bit-packed integers, decoded in bulk: whole runs and groups of
 * 32 at once. Used for dictionary codes and definition levels.
 */
final class HybridDecoder {
  private final byte[] bytes;
  private final int end;
  private final int width;
  private final BytePacker packer;
  private final int[] group = new int[8];
  private int pos;
  private boolean packed;

  /** Values left in the run. */
  private int left;

  /** The run's value, if it is not packed. */
  private int value;

  /** Values of {@link #group} already given out; 8 where none is left. */
  private int taken = 8;

  HybridDecoder(byte[] bytes, int from, int to, int width) {
    if (width < 0 || width > 32 || from < 0 || from > to || to > bytes.length) {
      throw new IllegalArgumentException(
          "codes of " + width + " bits in bytes " + from + " to " + to + " of " + bytes.length);
    }
    this.bytes = bytes;
    this.pos = from;
    this.end = to;
    this.width = width;
    this.packer = Packer.LITTLE_ENDIAN.newBytePacker(width);
  }

  /** Old files pack definition levels from the highest bit; turned round they are one packed run. */
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

  private void unpack(int[] out, int offset, int n) {
    int at = offset;
    int to = offset + n;
    while (at < to && taken < 8) {
      out[at++] = group[taken++];
    }
    while (to - at >= 32 && pos + 4 * width <= end) {
      packer.unpack32Values(bytes, pos, out, at);
      pos += 4 * width;
      at += 32;
    }
    while (to - at >= 8 && pos + width <= end) {
      packer.unpack8Values(bytes, pos, out, at);
      pos += width;
      at += 8;
    }
    while (at < to) {
      nextGroup();
      while (at < to && taken < 8) {
        out[at++] = group[taken++];
      }
    }
  }

  private void nextGroup() {
    if (pos + width <= end) {
      packer.unpack8Values(bytes, pos, group, 0);
    } else if (pos < end) {
      // Some writers leave the last group's padding out.
      packer.unpack8Values(Arrays.copyOfRange(bytes, pos, pos + width), 0, group, 0);
    } else {
      throw new IllegalArgumentException("a run of codes ends early");
    }
    pos += width;
    taken = 0;
  }

  private void nextRun() {
    taken = 8;
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
    } else if (!packed) {
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

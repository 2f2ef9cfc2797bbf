package dev.headwater.parquet;

/** Integers into Parquet's hybrid: runs of eight and more by their length, the others packed. */
final class HybridEncoder {
  private final ByteSink out;
  private final int width;

  HybridEncoder(ByteSink out, int width) {
    this.out = out;
    this.width = width;
  }

  static int width(int largest) {
    return 32 - Integer.numberOfLeadingZeros(largest);
  }

  void write(int[] values, int n) {
    int packedFrom = 0;
    int at = 0;
    while (at < n) {
      int end = at + 1;
      while (end < n && values[end] == values[at]) {
        end++;
      }
      // A packed run holds whole groups of eight, so a run first fills up the last group.
      int fill = (8 - (at - packedFrom) % 8) % 8;
      if (end - at - fill >= 16) {
        at += fill;
        pack(values, packedFrom, at);
        varint((end - at) << 1);
        for (int i = 0; i < (width + 7) / 8; i++) {
          out.write(values[at] >>> 8 * i);
        }
        packedFrom = end;
      }
      at = end;
    }
    pack(values, packedFrom, n);
  }

  private void pack(int[] values, int from, int to) {
    if (from == to) {
      return;
    }
    int groups = (to - from + 7) / 8;
    varint(groups << 1 | 1);
    out.reserve(groups * width);
    long word = 0;
    int bits = 0;
    for (int i = from; i < from + 8 * groups; i++) {
      word |= (i < to ? (long) values[i] : 0L) << bits;
      bits += width;
      while (bits >= 8) {
        out.write((int) word);
        word >>>= 8;
        bits -= 8;
      }
    }
  }

  private void varint(int value) {
    int left = value;
    while ((left & ~0x7f) != 0) {
      out.write(left & 0x7f | 0x80);
      left >>>= 7;
    }
    out.write(left);
  }
}

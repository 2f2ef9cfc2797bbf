package dev.headwater.sketch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Counts as bytes, in the order of the values: equal counts give equal bytes. */
final class CountsBytes {
  private CountsBytes() {}

  static void write(DataOutput out, Counts counts) throws IOException {
    if (counts instanceof LongCounts longs) {
      long[] keys = longs.sortedKeys();
      Varints.writeAscending(out, keys);
      for (long key : keys) {
        Varints.write(out, longs.of(key));
      }
    } else if (counts instanceof BytesCounts bytes) {
      Varints.write(out, bytes.size());
      for (int slot : bytes.sortedSlots()) {
        Varints.write(out, bytes.key(slot));
        Varints.write(out, bytes.count(slot));
      }
    }
  }

  static Counts read(DataInput in, boolean longs) throws IOException {
    if (longs) {
      LongCounts out = new LongCounts();
      for (long key : Varints.readAscending(in)) {
        out.add(key, Varints.read(in));
      }
      return out;
    }
    BytesCounts out = new BytesCounts();
    long n = Varints.read(in);
    for (long i = 0; i < n; i++) {
      byte[] key = Varints.readBytes(in);
      out.add(key, 0, key.length, Varints.read(in));
    }
    return out;
  }
}

package dev.headwater.upsert;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * A Bloom filter of keys' hashes: says for certain that a key is not among them, and wrongly that
 * it may be for one in a hundred. Ten bits a key, up to a number of bytes; beyond that it errs more
 * often. Not safe for use by several threads while keys are added.
 */
final class KeyFilter {
  private static final int BITS = 10;
  private static final int PROBES = 6;

  private final long[] words;

  private KeyFilter(long[] words) {
    this.words = words;
  }

  /** An empty filter. */
  static KeyFilter of(long keys, long maxBytes) {
    long count = Math.max(1, Math.min(keys * BITS / 64 + 1, maxBytes / 8));
    return new KeyFilter(new long[Math.toIntExact(Math.min(count, 1 << 27))]);
  }

  void add(long hash) {
    long step = step(hash);
    for (int i = 0; i < PROBES; i++) {
      long bit = bit(hash + i * step);
      words[(int) (bit >>> 6)] |= 1L << bit;
    }
  }

  boolean mayHold(long hash) {
    long step = step(hash);
    for (int i = 0; i < PROBES; i++) {
      long bit = bit(hash + i * step);
      if ((words[(int) (bit >>> 6)] >>> bit & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(words.length);
    for (long word : words) {
      out.writeLong(word);
    }
  }

  static KeyFilter read(DataInputStream in) throws IOException {
    long[] words = new long[in.readInt()];
    for (int i = 0; i < words.length; i++) {
      words[i] = in.readLong();
    }
    return new KeyFilter(words);
  }

  /** Odd, so that it takes part in every bit; not of the bits that choose a shard alone. */
  private static long step(long hash) {
    return hash * 0x9e3779b97f4a7c15L | 1;
  }

  private long bit(long hash) {
    return Math.multiplyHigh(hash >>> 1, 2L * 64 * words.length);
  }
}

package dev.headwater.train;

/**
 * How one row lies in a scratch file: the hash of its content, 8 bytes for each input (the bits of
 * a double, or a category's code), and a byte of flags. Big endian, fixed width.
 */
record ExampleRecord(int inputs) {
  static final int VALUES = 8;
  static final byte LABEL = 1;
  static final byte HOLDOUT = 2;

  /** The code of a missing category. */
  static final long NO_CATEGORY = -1;

  int bytes() {
    return VALUES + 8 * inputs + 1;
  }

  int flags() {
    return VALUES + 8 * inputs;
  }

  /** So many ranges of hashes that one of them takes about 32 MiB: a power of two. */
  int ranges(long rowsBound) {
    long wanted = Math.max(1, rowsBound) * bytes() >>> 25;
    return (int) Long.highestOneBit(Math.min(512, Math.max(1, wanted * 2 - 1)));
  }

  /** Mixes 64 bits well: the finisher of SplitMix64. */
  static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  static long mix(long hash, long value) {
    return mix(hash * 0x9e3779b97f4a7c15L + value);
  }
}

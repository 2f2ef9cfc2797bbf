package dev.headwater.columns;

import java.util.Arrays;

/**
 * A fixed number of bits: which rows of a column are null, or which rows of a batch are selected.
 * Immutable once handed out. Bits past {@code size} in the last word are zero.
 */
public final class Bits {
  private final long[] words;
  private final int size;

  private Bits(long[] words, int size) {
    this.words = words;
    this.size = size;
  }

  /** Takes the array over; bits past {@code size} are cleared. */
  public static Bits of(long[] words, int size) {
    if (words.length != words(size)) {
      throw new IllegalArgumentException(
          size + " bits need " + words(size) + " words, not " + words.length);
    }
    if ((size & 63) != 0) {
      words[words.length - 1] &= (1L << size) - 1;
    }
    return new Bits(words, size);
  }

  public static Bits none(int size) {
    return new Bits(new long[words(size)], size);
  }

  public static Bits all(int size) {
    long[] words = new long[words(size)];
    Arrays.fill(words, -1L);
    return of(words, size);
  }

  /** How many 64-bit words {@code size} bits take. */
  public static int words(int size) {
    return (size + 63) >>> 6;
  }

  public boolean get(int i) {
    return (words[i >>> 6] >>> i & 1) != 0;
  }

  public int size() {
    return size;
  }

  /** How many bits are set. */
  public int count() {
    int n = 0;
    for (long w : words) {
      n += Long.bitCount(w);
    }
    return n;
  }

  /** The words themselves, not a copy: never write to them. */
  public long[] words() {
    return words;
  }

  public Bits and(Bits other) {
    check(other);
    long[] out = new long[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = words[i] & other.words[i];
    }
    return new Bits(out, size);
  }

  public Bits or(Bits other) {
    check(other);
    long[] out = new long[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = words[i] | other.words[i];
    }
    return new Bits(out, size);
  }

  public Bits not() {
    long[] out = new long[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = ~words[i];
    }
    return of(out, size);
  }

  /** The positions of the set bits, ascending. */
  public int[] positions() {
    int[] out = new int[count()];
    int n = 0;
    for (int w = 0; w < words.length; w++) {
      for (long left = words[w]; left != 0; left &= left - 1) {
        out[n++] = (w << 6) + Long.numberOfTrailingZeros(left);
      }
    }
    return out;
  }

  public Bits slice(int from, int to) {
    long[] out = new long[words(to - from)];
    int shift = from & 63;
    for (int i = 0; i < out.length; i++) {
      int w = (from >>> 6) + i;
      out[i] = words[w] >>> shift;
      if (shift != 0 && w + 1 < words.length) {
        out[i] |= words[w + 1] << (64 - shift);
      }
    }
    return of(out, to - from);
  }

  public Bits gather(int[] rows) {
    long[] out = new long[words(rows.length)];
    for (int i = 0; i < rows.length; i++) {
      if (get(rows[i])) {
        out[i >>> 6] |= 1L << i;
      }
    }
    return new Bits(out, rows.length);
  }

  private void check(Bits other) {
    if (other.size != size) {
      throw new IllegalArgumentException(size + " bits against " + other.size);
    }
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Bits b && b.size == size && Arrays.equals(words, b.words);
  }

  @Override
  public int hashCode() {
    return 31 * size + Arrays.hashCode(words);
  }

  @Override
  public String toString() {
    return count() + " of " + size;
  }
}

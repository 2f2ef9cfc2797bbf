package dev.headwater.files;

import dev.headwater.columns.Bits;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which rows of a growing column are null. */
final class NullRows {
  private long[] words = new long[0];

  void set(int row) {
    int word = row >>> 6;
    if (word >= words.length) {
      words = Arrays.copyOf(words, Math.max(16, 2 * word + 1));
    }
    words[word] |= 1L << row;
  }

  boolean get(int row) {
    int word = row >>> 6;
    return word < words.length && (words[word] >>> row & 1) != 0;
  }

  /** Forgets rows from this one on. */
  void cut(int rows) {
    int word = rows >>> 6;
    if (word < words.length) {
      words[word] &= (1L << rows) - 1;
      Arrays.fill(words, word + 1, words.length, 0);
    }
  }

  @Nullable Bits bits(int rows) {
    return words.length == 0 ? null : Bits.of(Arrays.copyOf(words, Bits.words(rows)), rows);
  }
}

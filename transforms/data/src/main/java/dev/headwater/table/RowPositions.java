package dev.headwater.table;

import dev.headwater.columns.Bits;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Positions of rows in a file: a bit for each row of the stretches of {@value #BLOCK} rows that
 * have any, so at most an eighth of a byte a row.
 */
public final class RowPositions {
  private static final int BLOCK = 1 << 16;

  private final Map<Long, long[]> blocks = new HashMap<>();

  void add(long position) {
    long[] words = blocks.computeIfAbsent(position / BLOCK, b -> new long[BLOCK / 64]);
    int at = (int) (position % BLOCK);
    words[at >>> 6] |= 1L << at;
  }

  boolean isEmpty() {
    return blocks.isEmpty();
  }

  /** Which of {@code rows} rows from a position on are not among these; null if all of them. */
  public @Nullable Bits others(long from, int rows) {
    long[] out = null;
    for (long block = from / BLOCK; block * BLOCK < from + rows; block++) {
      long[] words = blocks.get(block);
      if (words == null) {
        continue;
      }
      out = out == null ? Bits.all(rows).words() : out;
      int begin = (int) Math.max(0, from - block * BLOCK);
      int end = (int) Math.min(BLOCK, from + rows - block * BLOCK);
      int shift = (int) (block * BLOCK - from);
      for (int i = begin; i < end; i++) {
        if ((words[i >>> 6] >>> i & 1) != 0) {
          out[i + shift >>> 6] &= ~(1L << i + shift);
        }
      }
    }
    return out == null ? null : Bits.of(out, rows);
  }
}

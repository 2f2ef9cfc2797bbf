package dev.headwater.train;

import java.util.Collections;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Chooses the rows with the least hashes, so many of them: the same ones in any order. */
final class DatasetCut {
  private final int rows;
  private final PriorityQueue<Long> least = new PriorityQueue<>(Collections.reverseOrder());
  private @Nullable Long most;
  private long ties;

  /**
   * @param rows how many; 8 bytes and more of memory for each
   */
  DatasetCut(int rows) {
    this.rows = rows;
  }

  /** Looks at a row; all of them before any is chosen. */
  void see(long hash) {
    least.add(hash);
    if (least.size() > rows) {
      least.remove();
    }
  }

  /** Whether a row is chosen; asked once for each. */
  boolean takes(long hash) {
    if (most == null) {
      // Of rows that tie with the last one only as many as there is room for.
      long last = least.isEmpty() ? Long.MIN_VALUE : least.element();
      most = last;
      ties = least.stream().filter(h -> h == last).count();
    }
    return hash < most || hash == most && ties-- > 0;
  }
}

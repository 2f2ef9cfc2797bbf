package dev.headwater.join;

import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Ranges of a merge gathered by the batch they are of: a batch's ranges follow each other, so the
 * many small ones of interleaved runs become one slice a batch.
 */
final class RangeParts {
  private final IdentityHashMap<RowBatch, Integer> places = new IdentityHashMap<>();
  private final List<RowBatch> batches = new ArrayList<>();
  private final List<int[]> ranges = new ArrayList<>();
  private int rows;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;

  void add(RowBatch batch, int from, int to) {
    Integer place = places.putIfAbsent(batch, batches.size());
    if (place == null) {
      batches.add(batch);
      ranges.add(new int[] {from, to});
    } else {
      ranges.get(place)[1] = to;
    }
    rows += to - from;
    long[] times = ((LongColumn) batch.column(JoinLayout.TIME)).values();
    first = Math.min(first, times[from]);
    last = Math.max(last, times[to - 1]);
  }

  int rows() {
    return rows;
  }

  /** The least time. */
  long first() {
    return first;
  }

  /** The greatest time. */
  long last() {
    return last;
  }

  List<RowBatch> slices() {
    List<RowBatch> out = new ArrayList<>();
    for (int i = 0; i < batches.size(); i++) {
      out.add(batches.get(i).slice(ranges.get(i)[0], ranges.get(i)[1]));
    }
    return out;
  }
}

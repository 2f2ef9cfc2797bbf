package dev.headwater.join;

import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A view's rows of one shard, in the order of time, asked for in stretches that go on and may share
 * their boundary: rows at a stretch's last moment are kept for the next one, or read again where
 * they are too many.
 */
final class ViewStream implements AutoCloseable {
  /** Takes rows {@code from} to {@code to} of a batch. */
  interface Rows {
    void take(RowBatch batch, int from, int to);
  }

  private record Range(RowBatch batch, int from, int to) {}

  private final Spill spill;
  private final List<RunRef> runs;
  private final int maxKept;
  private RunMerge merge;
  private @Nullable Range ahead;
  private List<Range> kept = new ArrayList<>();
  private boolean again;

  ViewStream(Spill spill, List<RunRef> runs, int maxKept) {
    this.spill = spill;
    this.runs = runs;
    this.maxKept = maxKept;
    this.merge = RunMerge.open(spill, runs, SpillForJoin.ORDER);
  }

  /** Gives the rows with times {@code from} to {@code to}, both included. */
  void each(long from, long to, Rows rows) {
    if (again) {
      merge.close();
      merge = RunMerge.open(spill, runs, SpillForJoin.ORDER);
      ahead = null;
    }
    List<Range> old = kept;
    kept = new ArrayList<>();
    again = false;
    int keptRows = 0;
    for (Range range : old) {
      keptRows = give(range, from, to, rows, keptRows);
    }
    for (Range range = next(); range != null; range = next()) {
      keptRows = give(range, from, to, rows, keptRows);
      if (ahead != null) {
        return;
      }
    }
  }

  @Override
  public void close() {
    merge.close();
  }

  private @Nullable Range next() {
    Range range = ahead;
    ahead = null;
    if (range != null) {
      return range;
    }
    return merge.next() ? new Range(merge.batch(), merge.from(), merge.to()) : null;
  }

  /** Gives what is within, keeps what is at the end, and puts back what lies after it. */
  private int give(Range range, long from, long to, Rows rows, int keptBefore) {
    long[] times = ((LongColumn) range.batch.column(JoinLayout.TIME)).values();
    int begin = first(times, range.from, range.to, from);
    int last = first(times, begin, range.to, to);
    int end = to == Long.MAX_VALUE ? range.to : first(times, last, range.to, to + 1);
    if (begin < end) {
      rows.take(range.batch, begin, end);
    }
    if (end < range.to) {
      ahead = new Range(range.batch, end, range.to);
    }
    int keptRows = keptBefore + end - last;
    if (keptRows > maxKept) {
      kept.clear();
      again = true;
    } else if (last < end) {
      kept.add(new Range(range.batch, last, end));
    }
    return keptRows;
  }

  /** The first of these rows that is not before a time. */
  private static int first(long[] times, int from, int to, long time) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

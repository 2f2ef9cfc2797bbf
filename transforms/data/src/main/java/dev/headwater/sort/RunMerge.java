package dev.headwater.sort;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sorted runs as one sorted stream, in ranges of rows: each is as long as the run that holds the
 * least row has no row that another run's comes before. Holds a frame of each run; more runs than
 * {@value #FAN_IN} are merged to fewer first. One thread.
 */
public final class RunMerge implements AutoCloseable {
  private static final int FAN_IN = 128;

  private final RunOrder order;
  private final List<Cursor> opened = new ArrayList<>();
  private Cursor[] heap;
  private int size;
  private @Nullable RowBatch batch;
  private int from;
  private int to;

  private RunMerge(Spill spill, List<RunRef> runs, RunOrder order) {
    this.order = order;
    this.heap = new Cursor[runs.size()];
    for (RunRef run : runs) {
      Cursor cursor = new Cursor(new RunReader(spill, run));
      opened.add(cursor);
      if (cursor.load()) {
        heap[size++] = cursor;
      }
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      down(i);
    }
  }

  /** Opens runs that are each sorted by this order. */
  public static RunMerge open(Spill spill, List<RunRef> runs, RunOrder order) {
    List<RunRef> left = new ArrayList<>(runs);
    while (left.size() > FAN_IN) {
      List<RunRef> merged = new ArrayList<>();
      for (int i = 0; i < left.size(); i += FAN_IN) {
        merged.addAll(merge(spill, left.subList(i, Math.min(left.size(), i + FAN_IN)), order));
      }
      left = merged;
    }
    return new RunMerge(spill, left, order);
  }

  private static List<RunRef> merge(Spill spill, List<RunRef> runs, RunOrder order) {
    if (runs.size() == 1) {
      return runs;
    }
    RunRef first = runs.get(0);
    try (RunMerge in = new RunMerge(spill, runs, order);
        RunWriter out = new RunWriter(spill, first.stream())) {
      Gather gather = new Gather();
      while (in.next()) {
        RowBatch full = gather.add(in.batch(), in.from(), in.to());
        if (full != null) {
          out.write(first.shard(), full);
        }
      }
      RowBatch rest = gather.rest();
      if (rest != null) {
        out.write(first.shard(), rest);
      }
      return out.finish();
    } catch (IOException e) {
      throw spill.failed(e);
    }
  }

  /** Goes to the next range; false after the last. */
  public boolean next() {
    if (batch != null) {
      Cursor top = heap[0];
      top.at = to;
      if (top.at == top.batch().size() && !top.load()) {
        heap[0] = heap[--size];
      }
      down(0);
    }
    if (size == 0) {
      batch = null;
      return false;
    }
    Cursor top = heap[0];
    batch = top.batch();
    from = top.at;
    to = end(top);
    return true;
  }

  /** The batch that holds the range. */
  public RowBatch batch() {
    if (batch == null) {
      throw new IllegalStateException("before the first range, or after the last");
    }
    return batch;
  }

  /** The first row of the range. */
  public int from() {
    return from;
  }

  /** One more than the last row of the range. */
  public int to() {
    return to;
  }

  @Override
  public void close() {
    opened.forEach(cursor -> cursor.reader.close());
  }

  /** The end of the rows that come no later than the first of any other run. */
  private int end(Cursor top) {
    int last = top.batch().size();
    if (size == 1) {
      return last;
    }
    Cursor next = size > 2 && compare(heap[2], heap[1]) < 0 ? heap[2] : heap[1];
    int step = 1;
    int low = top.at;
    while (low + step < last && !after(top, low + step, next)) {
      low += step;
      step *= 2;
    }
    int high = Math.min(last, low + step);
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (after(top, middle, next)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private boolean after(Cursor top, int row, Cursor next) {
    return order.compare(top.batch(), row, next.batch(), next.at) > 0;
  }

  private int compare(Cursor a, Cursor b) {
    return order.compare(a.batch(), a.at, b.batch(), b.at);
  }

  private void down(int i) {
    while (true) {
      int child = 2 * i + 1;
      if (child >= size) {
        return;
      }
      if (child + 1 < size && compare(heap[child + 1], heap[child]) < 0) {
        child++;
      }
      if (compare(heap[i], heap[child]) <= 0) {
        return;
      }
      Cursor swap = heap[i];
      heap[i] = heap[child];
      heap[child] = swap;
      i = child;
    }
  }

  private static final class Cursor {
    private final RunReader reader;
    private @Nullable RowBatch batch;
    private int at;

    Cursor(RunReader reader) {
      this.reader = reader;
    }

    boolean load() {
      batch = reader.next();
      at = 0;
      return batch != null;
    }

    RowBatch batch() {
      if (batch == null) {
        throw new IllegalStateException("a cursor after its last batch");
      }
      return batch;
    }
  }

  /** Small ranges gathered to batches worth writing. */
  private static final class Gather {
    private final List<RowBatch> parts = new ArrayList<>();
    private int rows;

    @Nullable RowBatch add(RowBatch batch, int from, int to) {
      parts.add(batch.slice(from, to));
      rows += to - from;
      return rows >= RowBatch.MAX_ROWS ? rest() : null;
    }

    @Nullable RowBatch rest() {
      if (parts.isEmpty()) {
        return null;
      }
      RowBatch all = RowBatches.concat(parts);
      parts.clear();
      rows = 0;
      return all;
    }
  }
}

package dev.headwater.derive;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import dev.headwater.sort.RunReader;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.RunWriter;
import dev.headwater.sort.Spill;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows of one key, read as often as it takes: in memory, or on disk where they are many. */
final class HeldRows {
  private static final int ROWS = 1 << 16;

  private final Spill spill;
  private final int most;
  private final List<RowBatch> batches = new ArrayList<>();
  private int[] of = new int[16];
  private int[] rows = new int[16];
  private int size;
  private List<RunRef> runs = new ArrayList<>();

  /** Takes a row of a batch. */
  interface Each {
    void row(RowBatch batch, int row) throws IOException;
  }

  HeldRows(Spill spill) {
    this(spill, ROWS);
  }

  /**
   * @param most how many stay in memory
   */
  HeldRows(Spill spill, int most) {
    this.spill = spill;
    this.most = most;
  }

  @SuppressWarnings("ReferenceEquality") // a range's batch stays the same object
  void add(RowBatch batch, int row) throws IOException {
    if (batches.isEmpty() || batches.get(batches.size() - 1) != batch) {
      batches.add(batch);
    }
    if (size == of.length) {
      of = Arrays.copyOf(of, 2 * size);
      rows = Arrays.copyOf(rows, 2 * size);
    }
    of[size] = batches.size() - 1;
    rows[size++] = row;
    if (size >= most) {
      toDisk();
    }
  }

  boolean isEmpty() {
    return size == 0 && runs.isEmpty();
  }

  /** All rows, those on disk first. */
  void each(Each to) throws IOException {
    for (RunRef run : runs) {
      try (RunReader reader = new RunReader(spill, run)) {
        for (RowBatch batch = reader.next(); batch != null; batch = reader.next()) {
          for (int row = 0; row < batch.size(); row++) {
            to.row(batch, row);
          }
        }
      }
    }
    for (int i = 0; i < size; i++) {
      to.row(batches.get(of[i]), rows[i]);
    }
  }

  void clear() {
    batches.clear();
    size = 0;
    runs = new ArrayList<>();
  }

  private void toDisk() throws IOException {
    try (RunWriter writer = new RunWriter(spill, 0)) {
      for (int from = 0; from < size; ) {
        List<RowBatch> parts = new ArrayList<>();
        int end = from;
        while (end < size && end - from < RowBatch.MAX_ROWS) {
          int batch = of[end];
          int begin = end;
          while (end < size && of[end] == batch && end - from < RowBatch.MAX_ROWS) {
            end++;
          }
          parts.add(batches.get(batch).gather(Arrays.copyOfRange(rows, begin, end)));
        }
        writer.write(0, RowBatches.concat(parts));
        from = end;
      }
      runs.addAll(writer.finish());
    }
    batches.clear();
    size = 0;
  }
}

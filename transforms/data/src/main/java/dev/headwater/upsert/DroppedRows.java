package dev.headwater.upsert;

import dev.headwater.columns.Bits;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunCursor;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import java.util.List;

/** The numbers of a file's rows that go, in their order. One pass, one thread. */
final class DroppedRows implements AutoCloseable {
  private final RunCursor rows;
  private final long expected;
  private boolean any;

  DroppedRows(Spill spill, List<RunRef> runs) {
    this.rows = new RunCursor(RunMerge.open(spill, runs, MeetRows.DROPPED));
    this.expected = runs.stream().mapToLong(RunRef::rows).sum();
    this.any = rows.next();
  }

  /** The rows of a batch that stay; batches come in the file's order. */
  Bits others(RowBatch batch, long first) {
    long[] words = Bits.all(batch.size()).words();
    while (any && row() < first + batch.size()) {
      int at = Math.toIntExact(row() - first);
      words[at >>> 6] &= ~(1L << at);
      any = rows.next();
    }
    return Bits.of(words, batch.size());
  }

  /**
   * Looks once more whether all rows were met.
   *
   * @throws IllegalStateException if the file was read otherwise than when they were found
   */
  void check(long dropped) {
    if (any || dropped != expected) {
      throw new IllegalStateException(
          "%d rows were to go, and %d did".formatted(expected, dropped));
    }
  }

  private long row() {
    return ((LongColumn) rows.batch().column(0)).values()[rows.row()];
  }

  @Override
  public void close() {
    rows.close();
  }
}

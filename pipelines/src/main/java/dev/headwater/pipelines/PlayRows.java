package dev.headwater.pipelines;

import dev.headwater.columns.Bits;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunCursor;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.Spill;
import dev.headwater.sort.SpillWriter;
import java.util.function.UnaryOperator;

/**
 * Rows within a range of event time, put into its order: sorted runs in a scratch folder, merged,
 * so that memory depends neither on how many they are nor on how they lie. One thread.
 */
final class PlayRows {
  private static final long BUFFER_BYTES = 32L << 20;

  private final int time;
  private final long from;
  private final long to;
  private final Spill spill;
  private final RunOrder order;
  private final SpillWriter writer;
  private long rows;
  private long untimed;

  /**
   * Takes nothing yet.
   *
   * @param time the position of the time's column
   * @param from microseconds since 1970, inclusive
   * @param to exclusive
   */
  PlayRows(int time, long from, long to, Spill spill) {
    this.time = time;
    this.from = from;
    this.to = to;
    this.spill = spill;
    this.order = RunOrder.by(time);
    this.writer = new SpillWriter(spill, 0, order, BUFFER_BYTES, UnaryOperator.identity());
  }

  /** Takes those of the batch's rows that are within the range. */
  void accept(RowBatch batch) {
    LongColumn times = (LongColumn) batch.column(time);
    Bits nulls = times.nulls();
    long[] words = new long[Bits.words(batch.size())];
    for (int row = 0; row < batch.size(); row++) {
      if (nulls != null && nulls.get(row)) {
        untimed++;
      } else if (times.values()[row] >= from && times.values()[row] < to) {
        words[row >> 6] |= 1L << (row & 63);
      }
    }
    RowBatch within = batch.filter(Bits.of(words, batch.size()));
    rows += within.size();
    writer.accept(within, new int[within.size()]);
  }

  /** All that were taken, in order. */
  RunCursor inOrder() {
    return new RunCursor(RunMerge.open(spill, writer.finish(), order));
  }

  /** How many were taken. */
  long rows() {
    return rows;
  }

  /** How many have no time, and are not played. */
  long untimed() {
    return untimed;
  }
}

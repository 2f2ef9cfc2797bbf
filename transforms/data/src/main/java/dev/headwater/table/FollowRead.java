package dev.headwater.table;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.Micros;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.FileBatches;
import java.io.IOException;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.CloseableIterator;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a followed table's snapshots brought. Counter {@code rows_read} of namespace {@code
 * table} tells the rows before the condition.
 */
final class FollowRead extends WorkFn<FollowPlan.Piece, RowBatch> {
  private static final long serialVersionUID = 1;
  private final Counter rows = Metrics.counter("table", "rows_read");
  private final Table table;
  private final Wanted.Bound bound;
  private final @Nullable String time;

  FollowRead(Table table, Wanted.Bound bound, @Nullable String time) {
    this.table = table;
    this.bound = bound;
    this.time = time == null || bound.out().findField(time) == null ? null : time;
  }

  @ProcessElement
  public void process(
      @Element FollowPlan.Piece piece, @Timestamp Instant at, OutputReceiver<RowBatch> out)
      throws IOException {
    TableUse.read(table);
    RowChange change = piece.change();
    SplitGroup group = piece.rows();
    if (change != null) {
      String mapping = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
      try (FileBatches batches = change.open(table.io(), bound.read(), bound.filter(), mapping)) {
        read(batches, change, at, out);
      }
    } else if (group != null) {
      try (CloseableIterator<RowBatch> batches = group.open(table, bound.read(), bound.filter())) {
        read(batches, null, at, out);
      }
    }
  }

  private void read(
      CloseableIterator<RowBatch> batches,
      @Nullable RowChange change,
      Instant at,
      OutputReceiver<RowBatch> out) {
    while (batches.hasNext()) {
      RowBatch batch = batches.next();
      rows.inc(batch.size());
      RowBatch kept = bound.of(batch);
      if (kept != null) {
        out.outputWithTimestamp(change == null ? kept : change.mark(kept), least(kept, at));
      }
    }
  }

  private Instant least(RowBatch batch, Instant at) {
    if (time == null) {
      return at;
    }
    Column column = batch.column(time);
    long[] micros = Micros.of(column);
    Bits nulls = column.nulls();
    long least = Long.MAX_VALUE;
    for (int row = 0; row < micros.length; row++) {
      if (nulls == null || !nulls.get(row)) {
        least = Math.min(least, micros[row]);
      }
    }
    long millis = Math.floorDiv(least, 1_000L);
    return least == Long.MAX_VALUE || millis < at.getMillis() ? at : Instant.ofEpochMilli(millis);
  }
}

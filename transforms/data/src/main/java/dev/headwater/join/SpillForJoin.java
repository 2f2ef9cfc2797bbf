package dev.headwater.join;

import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.sort.SpillWriter;
import dev.headwater.table.BatchSink;
import dev.headwater.table.TimeBuckets;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Spills one side of a join to time buckets, sorted by time. */
final class SpillForJoin implements BatchSink<RunRef> {
  static final RunOrder ORDER = RunOrder.by(JoinLayout.TIME);
  private static final long BUFFER_BYTES = 32L << 20;

  private final JoinLayout layout;
  private final Schema schema;
  private final TimeBuckets buckets;
  private final @Nullable Expression where;
  private final SpillWriter runs;

  private SpillForJoin(
      JoinLayout layout, TimeBuckets buckets, @Nullable Expression where, Spill spill, int stream) {
    this.layout = layout;
    this.schema = layout.schema();
    this.buckets = buckets;
    this.where = where;
    this.runs = new SpillWriter(spill, stream, ORDER, BUFFER_BYTES, UnaryOperator.identity());
  }

  static Factory<RunRef> factory(
      JoinLayout layout, TimeBuckets buckets, @Nullable Expression where, Spill spill, int stream) {
    return () -> new SpillForJoin(layout, buckets, where, spill, stream);
  }

  @Override
  public void accept(RowBatch all) {
    RowBatch batch = where == null ? all : all.filter(where.select(all));
    RowBatch out = layout.lay(batch, schema);
    long[] times = ((LongColumn) out.column(JoinLayout.TIME)).values();
    int[] shards = new int[times.length];
    for (int i = 0; i < shards.length; i++) {
      shards[i] = buckets.of(times[i]);
    }
    runs.accept(out, shards);
  }

  @Override
  public List<RunRef> finish() {
    return runs.finish();
  }

  @Override
  public void close() {
    runs.close();
  }
}

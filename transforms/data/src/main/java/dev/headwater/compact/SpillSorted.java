package dev.headwater.compact;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.sort.SpillWriter;
import dev.headwater.table.OrderKey;
import dev.headwater.table.WorkFn;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;

/** A part's rows, each with its key, into sorted runs of its group's shards. */
final class SpillSorted extends WorkFn<Part, KV<Integer, RunRef>> {
  private static final long serialVersionUID = 1;
  private static final long BUFFER_BYTES = 24L << 20;
  static final TupleTag<KV<Integer, RunRef>> RUNS = new TupleTag<>() {};
  static final TupleTag<Rewritten> READ = new TupleTag<>() {};

  private final Counter rows = Metrics.counter(CompactTable.STAGE, "rows_in");
  private final Table table;
  private final OrderKey key;
  private final Spill spill;

  SpillSorted(Table table, OrderKey key, Spill spill) {
    this.table = table;
    this.key = key;
    this.spill = spill;
  }

  @ProcessElement
  public void process(@Element Part part, MultiOutputReceiver out) throws IOException {
    String names = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
    RunOrder order = RunOrder.by(table.schema().columns().size());
    long in = 0;
    try (var batches = part.splits().open(table.io(), table.schema(), null, names);
        SpillWriter runs =
            new SpillWriter(spill, 0, order, BUFFER_BYTES, UnaryOperator.identity())) {
      while (batches.hasNext()) {
        RowBatch batch = batches.next();
        in += batch.size();
        rows.inc(batch.size());
        BytesColumn keys = key.of(batch);
        runs.accept(batch.with(OrderKey.FIELD, keys), shards(part, keys));
      }
      for (RunRef run : runs.finish()) {
        out.get(RUNS).output(KV.of(run.shard(), run));
      }
    }
    out.get(READ).output(new Rewritten(part.group(), List.of(), in, 0));
  }

  private static int[] shards(Part part, BytesColumn keys) {
    int[] shards = new int[keys.size()];
    Arrays.fill(shards, part.shard());
    for (int row = 0; row < shards.length && !part.bounds().isEmpty(); row++) {
      int low = 0;
      int high = part.bounds().size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        byte[] bound = part.bounds().get(middle);
        int c =
            Arrays.compareUnsigned(
                keys.data(), keys.offsets()[row], keys.offsets()[row + 1], bound, 0, bound.length);
        if (c >= 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      shards[row] += low;
    }
    return shards;
  }
}

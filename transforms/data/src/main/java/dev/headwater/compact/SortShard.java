package dev.headwater.compact;

import dev.headwater.catalog.commit.Token;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.MergedRows;
import dev.headwater.table.WorkFn;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.values.KV;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;

/** One shard's sorted runs, merged and written. */
final class SortShard extends WorkFn<KV<Integer, Iterable<RunRef>>, Rewritten> {
  private static final long serialVersionUID = 1;

  /**
   * Whose shard it is.
   *
   * @param maxBytes of a new file
   */
  record Of(int group, long maxBytes) implements Serializable {}

  private final Table table;
  private final Spill spill;
  private final Token token;
  private final ArrayList<Of> shards;
  private final SortOrder order;

  SortShard(Table table, Spill spill, Token token, List<Of> shards, SortOrder order) {
    this.table = table;
    this.spill = spill;
    this.token = token;
    this.shards = new ArrayList<>(shards);
    this.order = order;
  }

  @ProcessElement
  public void process(@Element KV<Integer, Iterable<RunRef>> shard, OutputReceiver<Rewritten> out)
      throws IOException {
    Of of = shards.get(shard.getKey());
    List<RunRef> runs = new ArrayList<>();
    shard.getValue().forEach(runs::add);
    String[] columns =
        table.schema().columns().stream().map(Types.NestedField::name).toArray(String[]::new);
    try (RunMerge merge = RunMerge.open(spill, runs, RunOrder.by(columns.length));
        BatchWriter writer =
            BatchWriter.open(table, token.sink(), token.run(), of.maxBytes()).sorted(order)) {
      MergedRows.drain(merge, batch -> writer.accept(batch.select(columns)));
      out.output(new Rewritten(of.group(), writer.finish(), 0, writer.rows()));
    }
  }
}

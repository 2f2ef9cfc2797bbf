package dev.headwater.compact;

import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.WorkFn;
import java.io.IOException;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;

/** A group's files, one after the other, into one. */
final class PackGroup extends WorkFn<Part, Rewritten> {
  private static final long serialVersionUID = 1;

  private final Counter rows = Metrics.counter(CompactTable.STAGE, "rows_in");
  private final Table table;
  private final Token token;

  PackGroup(Table table, Token token) {
    this.table = table;
    this.token = token;
  }

  @ProcessElement
  public void process(@Element Part part, OutputReceiver<Rewritten> out) throws IOException {
    String names = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
    try (var batches = part.splits().open(table.io(), table.schema(), null, names);
        BatchWriter writer = BatchWriter.open(table, token.sink(), token.run(), part.maxBytes())) {
      long in = 0;
      while (batches.hasNext()) {
        RowBatch batch = batches.next();
        in += batch.size();
        rows.inc(batch.size());
        writer.accept(batch);
      }
      out.output(new Rewritten(part.group(), writer.finish(), in, writer.rows()));
    }
  }
}

package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.ExpressionException;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a bounded stage: groups of splits are dealt out to workers, and each worker pulls a
 * group's batches into a sink of its own. Bounded. Each group's sink is finished once per attempt;
 * what a failed attempt wrote is an orphan.
 *
 * @param <T> what a sink is finished into
 */
public final class PullGroups<T> extends PTransform<PBegin, PCollection<T>> {
  private static final long serialVersionUID = 1;
  private final String stage;
  private final List<SplitGroup> groups;
  private final Table table;
  private final Schema projection;
  private final @Nullable Expression filter;
  private final BatchSink.Factory<T> sink;
  private final Coder<T> coder;

  /**
   * Reads these groups of one table.
   *
   * @param stage the stage's word; counter {@code rows_in} of this namespace tells its progress
   * @param table a serializable copy of the table that is read
   */
  public PullGroups(
      String stage,
      List<SplitGroup> groups,
      Table table,
      Schema projection,
      @Nullable Expression filter,
      BatchSink.Factory<T> sink,
      Coder<T> coder) {
    this.stage = stage;
    this.groups = List.copyOf(groups);
    this.table = table;
    this.projection = projection;
    this.filter = filter;
    this.sink = sink;
    this.coder = coder;
  }

  @Override
  public PCollection<T> expand(PBegin begin) {
    return begin
        .apply("DealOut", DealOut.of(groups, SplitGroup.class))
        .apply("Pull", ParDo.of(new Pull<>(stage, table, projection, filter, sink)))
        .setCoder(coder);
  }

  private static final class Pull<T> extends WorkFn<SplitGroup, T> {
    private static final long serialVersionUID = 1;
    private final Counter rows;
    private final Table table;
    private final Schema projection;
    private final @Nullable Expression filter;
    private final BatchSink.Factory<T> factory;

    Pull(
        String stage,
        Table table,
        Schema projection,
        @Nullable Expression filter,
        BatchSink.Factory<T> factory) {
      this.rows = Metrics.counter(stage, "rows_in");
      this.table = table;
      this.projection = projection;
      this.filter = filter;
      this.factory = factory;
    }

    @ProcessElement
    public void process(@Element SplitGroup group, OutputReceiver<T> out, PipelineOptions options)
        throws IOException {
      String job = options.getJobName();
      try (var batches = group.open(table, projection, filter);
          BatchSink<T> sink = factory.open()) {
        while (batches.hasNext()) {
          RowBatch batch = batches.next();
          rows.inc(batch.size());
          RowsRead.add(job, batch.size());
          accept(sink, batch, batches.file());
        }
        sink.finish().forEach(out::output);
      }
    }

    /** Takes a batch; a row that can't be computed is told with its table and its file. */
    private void accept(BatchSink<T> sink, RowBatch batch, String file) throws IOException {
      try {
        sink.accept(batch);
      } catch (ExpressionException e) {
        throw e.row().isEmpty() ? e : FailedRow.of(table.name(), file, e);
      }
    }
  }
}

package dev.headwater.derive;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.QueryPlan;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.SortedGather;
import dev.headwater.sort.Spill;
import dev.headwater.sort.SpillWriter;
import dev.headwater.table.BatchSink;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/** Rows by partition and order, and what each sees of those around it. One partition in memory. */
final class SweepWindows implements Serializable {
  private static final long serialVersionUID = 1;
  private static final long BUFFER_BYTES = 24L << 20;
  private static final int CHUNK_ROWS = 1 << 16;

  private final String target;
  private final QueryPlan.Windowed plan;
  private final GroupKeys keys;
  private final List<WindowColumn> columns;
  private final Schema spilled;
  private final int first;

  /**
   * @param target the table that is made, for messages
   */
  SweepWindows(String target, QueryPlan.Windowed plan) {
    this.target = target;
    this.plan = plan;
    this.keys = new GroupKeys(plan.partition());
    this.columns =
        new ArrayList<>(plan.calls().stream().map(call -> new WindowColumn(target, call)).toList());
    List<Types.NestedField> fields = new ArrayList<>();
    fields.add(Types.NestedField.required(1, "$key", Types.BinaryType.get()));
    for (QueryPlan.Order order : plan.order()) {
      int id = fields.size();
      fields.add(Types.NestedField.required(id + 1, "$null" + id, Types.LongType.get()));
      fields.add(
          Types.NestedField.required(id + 2, "$by" + id, WindowOrder.type(order.by().type())));
    }
    fields.add(Types.NestedField.required(fields.size() + 1, "$tie", Types.LongType.get()));
    this.first = fields.size();
    for (Types.NestedField field : plan.from().schema().columns()) {
      fields.add(Types.NestedField.optional(fields.size() + 1, field.name(), field.type()));
    }
    this.spilled = TypeUtil.assignIncreasingFreshIds(new Schema(fields));
  }

  private RunOrder order() {
    return RunOrder.by(IntStream.range(0, first).toArray());
  }

  BatchSink.Factory<RunRef> spill(int shards, Spill spill) {
    return () -> new To(shards, spill);
  }

  private final class To implements BatchSink<RunRef> {
    private final int shards;
    private final SpillWriter writer;

    To(int shards, Spill spill) {
      this.shards = shards;
      this.writer = new SpillWriter(spill, 0, order(), BUFFER_BYTES, UnaryOperator.identity());
    }

    @Override
    public void accept(RowBatch batch) {
      if (batch.size() == 0) {
        return;
      }
      List<Column> rows = new ArrayList<>();
      for (Types.NestedField field : plan.from().schema().columns()) {
        rows.add(batch.column(field.name()));
      }
      RowBatch own = RowBatch.of(plan.from().schema(), batch.size(), rows);
      DictionaryColumn key = keys.of(own);
      List<Column> out = new ArrayList<>(List.of(key));
      plan.order().forEach(order -> out.addAll(WindowOrder.of(order, own)));
      out.add(WindowOrder.ties(own));
      out.addAll(rows);
      writer.accept(RowBatch.of(spilled, own.size(), out), Shards.of(key, shards));
    }

    @Override
    public List<RunRef> finish() {
      return writer.finish();
    }

    @Override
    public void close() {
      writer.close();
    }
  }

  /** All rows of these runs, with what they see. */
  void run(Spill spill, Iterable<RunRef> shard, BatchSink<?> sink) throws IOException {
    Chunk chunk = new Chunk(sink);
    try (RunMerge merge = RunMerge.open(spill, Shards.of(shard, 0), order())) {
      SortedGather gather = new SortedGather(chunk::take);
      while (merge.next()) {
        for (int row = merge.from(); row < merge.to(); row++) {
          gather.add(merge.batch(), row);
        }
      }
      gather.flush();
    }
    chunk.end();
  }

  /** Whole partitions, some at a time. */
  private final class Chunk {
    private final RunOrder partitions = RunOrder.by(0);
    private final BatchSink<?> sink;
    private final long most = Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 6);
    private final List<RowBatch> held = new ArrayList<>();
    private int rows;
    private long bytes;
    private int next = CHUNK_ROWS;

    Chunk(BatchSink<?> sink) {
      this.sink = sink;
    }

    void take(RowBatch batch) throws IOException {
      held.add(batch);
      rows += batch.size();
      bytes += batch.bytes();
      if (rows >= next || bytes > most) {
        RowBatch all = RowBatches.concat(held);
        int end = all.size() - 1;
        while (end > 0 && partitions.compare(all, end - 1, all, end) == 0) {
          end--;
        }
        if (end > 0) {
          emit(all.slice(0, end));
        }
        keep(all.slice(end, all.size()));
      }
    }

    private void keep(RowBatch rest) {
      if (rest.bytes() > most) {
        String by =
            plan.partition().isEmpty()
                ? "it has no partition by"
                : "partition by "
                    + String.join(
                        ", ", plan.partition().stream().map(Expression::toString).toList());
        throw new HeadwaterException(
            HeadwaterException.Kind.DATA,
            "Cannot make table "
                + target
                + ": the rows that see each other in `"
                + plan.calls().get(0).text()
                + "` are more than "
                + (most >> 20)
                + " MiB ("
                + rest.size()
                + " rows and more; "
                + by
                + ").",
            "partition by more columns, choose fewer columns before, or give Java more memory.");
      }
      held.clear();
      held.add(rest);
      rows = rest.size();
      bytes = rest.bytes();
      next = Math.max(CHUNK_ROWS, 2 * rows);
    }

    void end() throws IOException {
      if (rows > 0) {
        emit(RowBatches.concat(held));
      }
    }

    private void emit(RowBatch sorted) throws IOException {
      int n = sorted.size();
      RowBatch own =
          RowBatch.of(
              plan.from().schema(), n, sorted.columns().subList(first, sorted.columns().size()));
      WindowPlaces places =
          WindowPlaces.of(sorted, partitions, RunOrder.by(IntStream.range(0, first - 1).toArray()));
      List<Column> out = new ArrayList<>(own.columns());
      for (WindowColumn column : columns) {
        out.add(column.of(own, places));
      }
      RowBatch all = RowBatch.of(plan.schema(), n, out);
      for (int from = 0; from < n; from += RowBatch.MAX_ROWS) {
        sink.accept(all.slice(from, Math.min(n, from + RowBatch.MAX_ROWS)));
      }
    }
  }
}

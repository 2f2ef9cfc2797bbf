package dev.headwater.table;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.FileBatches;
import dev.headwater.rows.RowBatchCoder;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.CloseableIterator;
import org.jspecify.annotations.Nullable;

/**
 * A pinned state, or what came up to it, as batches: one worker plans, all read. Counter {@code
 * rows_read} of namespace {@code table} tells the rows before the condition.
 */
final class TableRead extends PTransform<PBegin, PCollection<RowBatch>> {
  private static final long serialVersionUID = 1;

  /** Small tables too are dealt out to several workers. */
  private static final int LEAST_GROUPS = 8;

  private final Table table;
  private final @Nullable SnapshotRef upTo;
  private final @Nullable ChangePlan changes;
  private final Wanted wanted;

  /**
   * Reads a table.
   *
   * @param table a serializable copy
   * @param upTo null: there is nothing yet
   * @param changes what to read of what came up to the snapshot; null for its whole state
   */
  TableRead(Table table, @Nullable SnapshotRef upTo, @Nullable ChangePlan changes, Wanted wanted) {
    this.table = table;
    this.upTo = upTo;
    this.changes = changes;
    this.wanted = wanted;
  }

  @Override
  public PCollection<RowBatch> expand(PBegin begin) {
    Schema schema = upTo == null ? table.schema() : Snapshots.schema(table, upTo);
    Wanted.Bound bound = wanted.bind(schema);
    if (upTo == null) {
      return begin.apply("Nothing", Create.empty(RowBatchCoder.of()));
    }
    PCollection<SnapshotRef> pinned =
        begin.apply("Pinned", Create.of(upTo).withCoder(SerializableCoder.of(SnapshotRef.class)));
    if (changes != null && changes.withDeleted()) {
      return pinned
          .apply("Plan", ParDo.of(new PlanChanges(table, changes, bound)))
          .setCoder(SerializableCoder.of(RowChange.class))
          .apply("DealOut", Reshuffle.viaRandomKey())
          .apply("Changes", ParDo.of(new ReadChange(table, bound)))
          .setCoder(RowBatchCoder.of());
    }
    return pinned
        .apply("Plan", ParDo.of(new PlanGroups(table, changes, bound, wanted.splitBytes())))
        .setCoder(SerializableCoder.of(SplitGroup.class))
        .apply("DealOut", Reshuffle.viaRandomKey())
        .apply("Rows", ParDo.of(new ReadGroup(table, bound)))
        .setCoder(RowBatchCoder.of());
  }

  private static final class PlanGroups extends WorkFn<SnapshotRef, SplitGroup> {
    private static final long serialVersionUID = 1;
    private final Table table;
    private final @Nullable ChangePlan changes;
    private final Wanted.Bound bound;
    private final long splitBytes;

    PlanGroups(Table table, @Nullable ChangePlan changes, Wanted.Bound bound, long splitBytes) {
      this.table = table;
      this.changes = changes;
      this.bound = bound;
      this.splitBytes = splitBytes;
    }

    @ProcessElement
    public void process(@Element SnapshotRef upTo, OutputReceiver<SplitGroup> out) {
      TableUse.read(table);
      List<SplitGroup> groups =
          changes == null
              ? Splits.of(table, upTo, bound.filter(), splitBytes, LEAST_GROUPS)
              : changes.appended(table, upTo, bound.filter(), splitBytes, LEAST_GROUPS);
      groups.forEach(out::output);
    }
  }

  private static final class ReadGroup extends WorkFn<SplitGroup, RowBatch> {
    private static final long serialVersionUID = 1;
    private final Counter rows = Metrics.counter("table", "rows_read");
    private final Table table;
    private final Wanted.Bound bound;

    ReadGroup(Table table, Wanted.Bound bound) {
      this.table = table;
      this.bound = bound;
    }

    @ProcessElement
    public void process(@Element SplitGroup group, OutputReceiver<RowBatch> out)
        throws IOException {
      try (CloseableIterator<RowBatch> batches = group.open(table, bound.read(), bound.filter())) {
        while (batches.hasNext()) {
          RowBatch batch = batches.next();
          rows.inc(batch.size());
          RowBatch kept = bound.of(batch);
          if (kept != null) {
            out.output(kept);
          }
        }
      }
    }
  }

  private static final class PlanChanges extends WorkFn<SnapshotRef, RowChange> {
    private static final long serialVersionUID = 1;
    private final Table table;
    private final ChangePlan changes;
    private final Wanted.Bound bound;

    PlanChanges(Table table, ChangePlan changes, Wanted.Bound bound) {
      this.table = table;
      this.changes = changes;
      this.bound = bound;
    }

    @ProcessElement
    public void process(@Element SnapshotRef upTo, OutputReceiver<RowChange> out) {
      TableUse.read(table);
      changes.changes(table, upTo, bound.filter(), out::output);
    }
  }

  private static final class ReadChange extends WorkFn<RowChange, RowBatch> {
    private static final long serialVersionUID = 1;
    private final Counter rows = Metrics.counter("table", "rows_read");
    private final Table table;
    private final Wanted.Bound bound;

    ReadChange(Table table, Wanted.Bound bound) {
      this.table = table;
      this.bound = bound;
    }

    @ProcessElement
    public void process(@Element RowChange change, OutputReceiver<RowBatch> out)
        throws IOException {
      String mapping = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
      try (FileBatches batches = change.open(table.io(), bound.read(), bound.filter(), mapping)) {
        while (batches.hasNext()) {
          RowBatch batch = batches.next();
          rows.inc(batch.size());
          RowBatch kept = bound.of(batch);
          if (kept != null) {
            out.output(change.mark(kept));
          }
        }
      }
    }
  }
}

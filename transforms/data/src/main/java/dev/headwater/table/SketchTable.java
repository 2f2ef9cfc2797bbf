package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.sketch.SketchBuilder;
import dev.headwater.sketch.SketchStatistics;
import dev.headwater.sketch.TableSketch;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;

/**
 * Reads all rows of a snapshot, without those that are deleted, and keeps their sketches as what
 * the table knows of it. Bounded. What comes out is how many rows there are. Again and again it is
 * the same.
 */
public final class SketchTable extends PTransform<PBegin, PCollection<Long>> {
  private static final long serialVersionUID = 1;

  /** Sketches of so many groups meet at most, so that memory doesn't depend on the table's size. */
  private static final long MOST_GROUPS = 256;

  private static final long LEAST_BYTES = 64L << 20;

  private final CatalogConfig catalog;
  private final SnapshotRef snapshot;
  private final int workers;

  private SketchTable(CatalogConfig catalog, SnapshotRef snapshot, int workers) {
    this.catalog = catalog;
    this.snapshot = snapshot;
    this.workers = workers;
  }

  public static SketchTable of(CatalogConfig catalog, SnapshotRef snapshot, int workers) {
    return new SketchTable(catalog, snapshot, workers);
  }

  @Override
  public PCollection<Long> expand(PBegin begin) {
    Table table;
    List<SplitGroup> groups;
    try (TableCatalog open = TableCatalog.open(catalog)) {
      Table loaded = open.load(snapshot.table());
      table = SerializableTable.copyOf(loaded);
      String bytes =
          loaded
              .snapshot(snapshot.snapshotId())
              .summary()
              .getOrDefault(SnapshotSummary.TOTAL_FILE_SIZE_PROP, "0");
      long each = Math.max(LEAST_BYTES, Long.parseLong(bytes) / MOST_GROUPS);
      groups = Splits.of(loaded, snapshot, null, each, 2 * workers);
    }
    return begin
        .apply("Groups", Create.of(groups).withCoder(SerializableCoder.of(SplitGroup.class)))
        .apply("DealOut", Reshuffle.viaRandomKey())
        .apply("Sketch", ParDo.of(new Sketch(table)))
        .setCoder(SerializableCoder.of(TableSketch.class))
        .apply("OneKey", WithKeys.of(0))
        .setCoder(KvCoder.of(VarIntCoder.of(), SerializableCoder.of(TableSketch.class)))
        .apply("Together", GroupByKey.create())
        .apply("Keep", ParDo.of(new Keep(catalog, snapshot)));
  }

  private static final class Sketch extends WorkFn<SplitGroup, TableSketch> {
    private static final long serialVersionUID = 1;
    private final Table table;

    Sketch(Table table) {
      this.table = table;
    }

    @ProcessElement
    public void process(
        @Element SplitGroup group, OutputReceiver<TableSketch> out, PipelineOptions options)
        throws IOException {
      Schema columns = SketchBuilder.columns(table.schema(), table.properties());
      SketchBuilder sketch = SketchBuilder.ofColumns(table.schema(), table.properties());
      try (var batches = group.open(table, columns, null)) {
        batches.forEachRemaining(
            batch -> {
              sketch.add(batch);
              RowsRead.add(options.getJobName(), batch.size());
            });
      }
      out.output(sketch.build());
    }
  }

  private static final class Keep extends WorkFn<KV<Integer, Iterable<TableSketch>>, Long> {
    private static final long serialVersionUID = 1;
    private final CatalogConfig catalog;
    private final SnapshotRef snapshot;

    Keep(CatalogConfig catalog, SnapshotRef snapshot) {
      this.catalog = catalog;
      this.snapshot = snapshot;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<TableSketch>> parts, OutputReceiver<Long> out) {
      TableSketch all = new TableSketch();
      parts.getValue().forEach(all::merge);
      try (TableCatalog open = TableCatalog.open(catalog)) {
        SketchStatistics.refresh(open, snapshot, all);
      }
      out.output(all.rows());
    }
  }
}

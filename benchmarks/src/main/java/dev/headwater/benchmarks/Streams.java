package dev.headwater.benchmarks;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.compact.CompactPlan;
import dev.headwater.compact.CompactRule;
import dev.headwater.compact.CompactTable;
import dev.headwater.table.AppendStream;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.table.DealOut;
import dev.headwater.table.Written;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.joda.time.Duration;

/**
 * Rows of 1 KB from memory into a table on embedded Flink: as a batch, and as a stream with a
 * commit each ten seconds, whose heap is looked at after collections. Then the files of the
 * stream's first minute are compacted.
 */
final class Streams {
  private static final TableRef TABLE = TableRef.of("bench", "rows");
  private static final long SECONDS = 10;
  private static final int PIECES = 16;
  private static final long BATCH_ROWS = 1_600_000;
  private static final long TARGET_BYTES = 256L << 20;

  private Streams() {}

  /** Arguments: minutes, milliseconds of the longest bundle. */
  public static void main(String[] args) throws Exception {
    double minutes = Double.parseDouble(args[0]);
    batch(BATCH_ROWS / 4);
    double batch = batch(BATCH_ROWS);
    System.out.printf(Locale.ROOT, "batch   %,12.0f rows/s%n", batch);
    Path folder = Files.createTempDirectory("headwater-stream");
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(folder))) {
      Table table = create(catalog);
      Heap heap = new Heap();
      long start = System.currentTimeMillis();
      double stream;
      try (heap) {
        stream = stream(catalog, table, start + (long) (minutes * 60_000), Long.parseLong(args[1]));
      }
      System.out.printf(Locale.ROOT, "stream  %,12.0f rows/s%n", stream);
      heap.print();
      files(catalog, "written");
      compact(catalog, folder, start);
      files(catalog, "compacted");
      System.out.printf(
          Locale.ROOT, "RATIO stream batch=%.2f heap=%.2f%n", stream / batch, heap.growth());
    } finally {
      Local.delete(folder);
    }
  }

  private static Table create(TableCatalog catalog) {
    return catalog.create(
        TABLE,
        Pool.SCHEMA,
        PartitionSpec.unpartitioned(),
        SortOrder.unsorted(),
        Map.of("write.target-file-size-bytes", Long.toString(TARGET_BYTES)));
  }

  private static double batch(long rows) throws IOException {
    Path folder = Files.createTempDirectory("headwater-batch");
    CatalogConfig config = CatalogConfig.embedded(folder);
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table = create(catalog);
      long start = System.nanoTime();
      Pipeline pipeline = Pipeline.create(Local.options("flink"));
      List<Integer> pieces = IntStream.range(0, PIECES).boxed().toList();
      pipeline
          .apply("Pieces", DealOut.of(pieces, Integer.class))
          .apply("Write", ParDo.of(new WritePiece(table, rows / Pool.ROWS / PIECES)))
          .setCoder(Written.coder())
          .apply("Commit", CommitTable.append(config, TABLE, Token.ofRun("b", "r1", List.of("x"))));
      pipeline.run().waitUntilFinish();
      return rows(catalog) / ((System.nanoTime() - start) / 1e9);
    } finally {
      Local.delete(folder);
    }
  }

  private static final class WritePiece extends DoFn<Integer, Written> {
    private static final long serialVersionUID = 1;
    private final Table table;
    private final long batches;

    WritePiece(Table table, long batches) {
      this.table = SerializableTable.copyOf(table);
      this.batches = batches;
    }

    @ProcessElement
    public void process(@Element Integer piece, OutputReceiver<Written> out) throws IOException {
      try (BatchWriter writer = BatchWriter.open(table, "batch", "r1").sketching()) {
        for (long i = 0; i < batches; i++) {
          writer.accept(Pool.batch(piece * batches + i, System.currentTimeMillis() * 1_000));
        }
        List<DataFile> files = writer.finish();
        out.output(Written.of(files, writer.rows(), writer.rows(), 0).sketch(writer.sketch()));
      }
    }
  }

  private static double stream(TableCatalog catalog, Table table, long end, long bundle) {
    FlinkPipelineOptions options = Local.options("flink").as(FlinkPipelineOptions.class);
    options.setStreaming(true);
    options.setCheckpointingInterval(SECONDS * 1_000);
    options.setCheckpointingMode("EXACTLY_ONCE");
    options.setFinishBundleBeforeCheckpointing(true);
    options.setNumConcurrentCheckpoints(32);
    options.setEnableStableInputDrain(true);
    options.setMaxBundleTimeMills(bundle);
    options.setMaxBundleSize(1_000_000L);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Rows", Read.from(Endless.until(end)))
        .apply(
            "Append",
            AppendStream.to(catalog.config(), TABLE, table, "stream", "r1")
                .every(Duration.standardSeconds(SECONDS)));
    long start = System.nanoTime();
    pipeline.run().waitUntilFinish();
    return rows(catalog) / ((System.nanoTime() - start) / 1e9);
  }

  private static double rows(TableCatalog catalog) {
    Snapshot now = catalog.load(TABLE).currentSnapshot();
    return Double.parseDouble(now.summary().get("total-records"));
  }

  /** Those of the first minute: ten minutes' rows would take longer to write again. */
  private static void compact(TableCatalog catalog, Path folder, long start) {
    Table table = catalog.load(TABLE);
    CompactRule rule =
        new CompactRule(
            Expressions.lessThan("at", (start + 60_000) * 1_000),
            SortOrder.unsorted(),
            false,
            TARGET_BYTES,
            2);
    SnapshotRef now = new SnapshotRef(TABLE, table.uuid(), table.currentSnapshot().snapshotId());
    CompactPlan plan = CompactPlan.of(table, now, rule);
    Pipeline pipeline = Pipeline.create(Local.options("flink"));
    pipeline.apply(
        CompactTable.of(
                plan,
                table,
                rule,
                catalog.config(),
                Token.ofRun("compact.rows", "c1", List.of("x")),
                Map.of())
            .spill(folder.resolve("scratch").toString(), 2));
    long began = System.nanoTime();
    pipeline.run().waitUntilFinish();
    System.out.printf(
        Locale.ROOT,
        "compacted %d files, %,d rows in %.1f s%n",
        plan.files(),
        plan.rows(),
        (System.nanoTime() - began) / 1e9);
  }

  private static void files(TableCatalog catalog, String when) {
    List<Long> sizes = new ArrayList<>();
    Table table = catalog.load(TABLE);
    try (CloseableIterable<FileScanTask> files = table.newScan().planFiles()) {
      files.forEach(task -> sizes.add(task.file().fileSizeInBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sizes.sort(null);
    int snapshots = 0;
    for (Snapshot ignored : table.snapshots()) {
      snapshots++;
    }
    System.out.printf(
        Locale.ROOT,
        "%-9s %d snapshots, %d files, %,.0f rows, MB: least %.1f, median %.1f, greatest %.1f%n",
        when,
        snapshots,
        sizes.size(),
        rows(catalog),
        sizes.get(0) / 1e6,
        sizes.get(sizes.size() / 2) / 1e6,
        sizes.get(sizes.size() - 1) / 1e6);
  }
}

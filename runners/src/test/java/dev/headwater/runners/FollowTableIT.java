package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.rows.RowBatchCoder;
import dev.headwater.table.AppendStream;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.FollowTable;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.types.Types;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A table that follows another one on Flink, whose worker dies while it reads and right after
 * commits: each row once, and checkpoints go on while nothing comes.
 */
final class FollowTableIT {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "at", Types.TimestampType.withoutZone()));
  private static final TableRef FROM = TableRef.of("test", "clicks");
  private static final TableRef TO = TableRef.of("test", "copy");
  private static final int ROWS = 100;
  private static final AtomicInteger SEEN = new AtomicInteger();
  private static final Set<Instant> CLOSED = new ConcurrentSkipListSet<>();

  @TempDir private Path folder = Path.of("unset");

  @Test
  void eachRowOnceThoughTheJobFails() throws Exception {
    CatalogConfig config = CatalogConfig.embedded(folder);
    try (TableCatalog catalog = TableCatalog.open(config)) {
      create(catalog, FROM);
      Table to = create(catalog, TO);
      int appends = 0;
      append(catalog, appends++);
      append(catalog, appends++);
      SEEN.set(0);
      CLOSED.clear();
      DiesAfterCommits.reset();
      FlinkPipelineOptions options = Numbers.flink();
      options.setParallelism(2);
      options.setAttachedMode(false);
      Pipeline pipeline = Pipeline.create(options);
      PCollection<RowBatch> rows =
          pipeline.apply(
              "Follow",
              FollowTable.of(config, FROM).time("at", Duration.ZERO).every(Duration.millis(200)));
      rows.apply("Window", Window.into(FixedWindows.of(Duration.standardSeconds(ROWS))))
          .apply("Count", Combine.globally(Count.<RowBatch>combineFn()).withoutDefaults())
          .apply("Closed", ParDo.of(new Closed()));
      rows.apply("Die", ParDo.of(new Dies()))
          .setCoder(RowBatchCoder.of())
          .apply(
              "Append", AppendStream.to(config, TO, to, "copy", "r1").every(Duration.millis(200)))
          .apply("DieAfter", ParDo.of(new DiesAfterCommits()));
      PipelineResult running = pipeline.run();
      try {
        while (appends < 20) {
          Thread.sleep(150);
          append(catalog, appends++);
          if (appends == 10) {
            rewrite(catalog, appends);
          }
        }
        await(catalog, appends);
        // Nothing comes for some checkpoints; what comes then is committed by one.
        Thread.sleep(1_500);
        append(catalog, appends++);
        await(catalog, appends);
        int windows = appends - 1;
        // The worker that died last has to come back first.
        await(() -> CLOSED.size() >= windows && DiesAfterCommits.again() > 0);
      } finally {
        running.cancel();
      }
      assertThat(CLOSED).as("windows that are over while the job runs").hasSize(appends - 1);
      assertThat(SEEN.get()).as("batches, those seen again too").isGreaterThan(appends);
      assertThat(DiesAfterCommits.again()).as("commits that came again").isPositive();
      assertThat(ids(catalog))
          .isEqualTo(LongStream.range(0, (long) appends * ROWS).boxed().toList());
    }
  }

  private static Table create(TableCatalog catalog, TableRef ref) {
    return catalog.create(
        ref, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
  }

  private static List<DataFile> write(Table table, long from, long to) throws IOException {
    long[] ids = LongStream.range(from, to).toArray();
    // The time is the id in seconds.
    long[] times = LongStream.range(from, to).map(id -> id * 1_000_000).toArray();
    try (BatchWriter writer = BatchWriter.open(table, "test", "r1")) {
      writer.accept(RowBatch.of(SCHEMA, ids.length, LongColumn.of(ids), LongColumn.of(times)));
      return writer.finish();
    }
  }

  private static void append(TableCatalog catalog, int number) throws IOException {
    Table table = catalog.load(FROM);
    var append = table.newAppend();
    write(table, (long) number * ROWS, (number + 1L) * ROWS).forEach(append::appendFile);
    append.commit();
  }

  /** All files become one, with the same rows. */
  private static void rewrite(TableCatalog catalog, int appends) throws IOException {
    Table table = catalog.load(FROM);
    RewriteFiles rewrite = table.newRewrite();
    try (CloseableIterable<FileScanTask> files = table.newScan().planFiles()) {
      files.forEach(task -> rewrite.deleteFile(task.file()));
    }
    write(table, 0, (long) appends * ROWS).forEach(rewrite::addFile);
    rewrite.commit();
  }

  private static void await(TableCatalog catalog, int appends) throws Exception {
    Instant late = Instant.now().plusSeconds(300);
    while (rows(catalog) < (long) appends * ROWS) {
      if (Instant.now().isAfter(late)) {
        Map<Long, Integer> batches = new TreeMap<>();
        ids(catalog).forEach(id -> batches.merge(id / ROWS, 1, Integer::sum));
        throw new AssertionError("after five minutes there are of each append " + batches);
      }
      Thread.sleep(100);
    }
  }

  private static void await(BooleanSupplier done) throws InterruptedException {
    Instant late = Instant.now().plusSeconds(300);
    while (!done.getAsBoolean() && Instant.now().isBefore(late)) {
      Thread.sleep(100);
    }
  }

  private static long rows(TableCatalog catalog) {
    Snapshot now = catalog.load(TO).currentSnapshot();
    return now == null ? 0 : Long.parseLong(now.summary().get("total-records"));
  }

  private static List<Long> ids(TableCatalog catalog) throws IOException {
    Table table = catalog.load(TO);
    List<Long> out = new ArrayList<>();
    SnapshotRef newest = new SnapshotRef(TO, table.uuid(), table.currentSnapshot().snapshotId());
    for (SplitGroup group : Splits.of(table, newest, null, 1 << 26, 1)) {
      try (CloseableIterator<RowBatch> batches = group.open(table, SCHEMA, null)) {
        while (batches.hasNext()) {
          for (long id : ((LongColumn) batches.next().column(0)).values()) {
            out.add(id);
          }
        }
      }
    }
    out.sort(null);
    return out;
  }

  /** Windows that the watermark has passed. */
  private static final class Closed extends DoFn<Long, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Timestamp org.joda.time.Instant at) {
      CLOSED.add(Instant.ofEpochMilli(at.getMillis()));
    }
  }

  /** Dies at the fifth and at the twelfth batch. */
  private static final class Dies extends DoFn<RowBatch, RowBatch> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element RowBatch batch, OutputReceiver<RowBatch> out) {
      int seen = SEEN.incrementAndGet();
      if (seen == 5 || seen == 12) {
        throw new IllegalStateException("the worker dies at batch " + seen);
      }
      out.output(batch);
    }
  }
}

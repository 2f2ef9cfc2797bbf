package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.BatchReader;
import dev.headwater.rows.RowBatchCoder;
import dev.headwater.table.AppendStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream on Flink that fails twice before its rows are written and three times right after they
 * are committed, and goes on from its checkpoints: each row once.
 */
final class StreamIT {
  private static final Schema SCHEMA =
      new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
  private static final TableRef REF = TableRef.of("test", "stream");
  private static final int BATCHES = 300;
  private static final int ROWS = 100;
  private static final AtomicInteger SEEN = new AtomicInteger();

  @TempDir private Path folder = Path.of("unset");

  @Test
  void eachRowOnceThoughTheJobFails() throws Exception {
    CatalogConfig config = CatalogConfig.embedded(folder);
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table =
          catalog.create(
              REF, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
      SEEN.set(0);
      DiesAfterCommits.reset();
      Pipeline pipeline = Pipeline.create(Numbers.flink());
      pipeline
          .apply("Numbers", Read.from(new Numbers(BATCHES)))
          .apply("Batch", ParDo.of(new Batch()))
          .setCoder(RowBatchCoder.of())
          .apply(
              "Append",
              AppendStream.to(config, REF, table, "numbers", "r1").every(Duration.millis(200)))
          .apply("Die", ParDo.of(new DiesAfterCommits()));
      pipeline.run().waitUntilFinish();

      assertThat(SEEN.get()).as("batches, those seen again too").isGreaterThan(BATCHES);
      assertThat(DiesAfterCommits.again()).as("commits that came again").isPositive();
      List<Long> ids = new ArrayList<>();
      Table read = catalog.load(REF);
      try (CloseableIterable<FileScanTask> files = read.newScan().planFiles()) {
        for (FileScanTask file : files) {
          try (BatchReader batches =
              BatchReader.open(
                  read.io().newInputFile(file.file().location()), SCHEMA, null, 0, file.length())) {
            batches.forEachRemaining(
                batch -> {
                  for (long id : ((LongColumn) batch.column(0)).values()) {
                    ids.add(id);
                  }
                });
          }
        }
      }
      assertThat(new HashSet<>(ids)).as("no row lost").hasSize(BATCHES * ROWS);
      assertThat(ids).as("no row twice").hasSize(BATCHES * ROWS);
      Set<String> tokens = new HashSet<>();
      for (Snapshot snapshot : catalog.load(REF).snapshots()) {
        assertThat(tokens.add(snapshot.summary().get("headwater.token"))).isTrue();
      }
      assertThat(tokens).as("commits while it ran").hasSizeGreaterThan(3);
    }
  }

  /** A number to a batch; fails after a third and after two thirds of them. */
  private static final class Batch extends DoFn<Integer, RowBatch> {
    private static final long serialVersionUID = 1;
    private static final Set<Integer> FAILED = new HashSet<>();

    @ProcessElement
    public void process(@Element Integer number, OutputReceiver<RowBatch> out) {
      SEEN.incrementAndGet();
      synchronized (FAILED) {
        if ((number == BATCHES / 3 || number == 2 * BATCHES / 3) && FAILED.add(number)) {
          throw new IllegalStateException("the worker dies at " + number);
        }
      }
      long[] ids = LongStream.range((long) number * ROWS, (number + 1L) * ROWS).toArray();
      out.output(RowBatch.of(SCHEMA, ROWS, LongColumn.of(ids, null)));
    }
  }
}

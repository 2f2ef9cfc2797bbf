package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.rows.RowBatchCoder;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import dev.headwater.upsert.UpsertStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.joda.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Upserts and removals on Flink, whose worker dies before rows are written and right after they are
 * committed: what a map holds that takes them in their order.
 */
final class UpsertStreamIT {
  private static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "number", Types.LongType.get()));
  private static final Schema INCOMING =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "number", Types.LongType.get()),
          NestedField.optional(3, "gone", Types.BooleanType.get()));
  private static final TableRef REF = TableRef.of("test", "users");
  private static final int BATCHES = 250;
  private static final int ROWS = 50;
  private static final AtomicInteger DEATHS = new AtomicInteger();

  @TempDir private Path folder = Path.of("unset");

  private static long id(int number, int row) {
    return (number * 7L + row * 13L) % 700;
  }

  private static boolean isGone(int number, int row) {
    return (number + row) % 11 == 0;
  }

  private static Map<Long, Long> expected() {
    Map<Long, Long> out = new HashMap<>();
    for (int number = 0; number < BATCHES; number++) {
      for (int row = 0; row < ROWS; row++) {
        if (isGone(number, row)) {
          out.remove(id(number, row));
        } else {
          out.put(id(number, row), (long) number);
        }
      }
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void theLastRowOfAKeyStaysThoughTheJobFails(int version) throws Exception {
    CatalogConfig config = CatalogConfig.embedded(folder);
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table =
          catalog.create(
              REF,
              SCHEMA,
              PartitionSpec.unpartitioned(),
              SortOrder.unsorted(),
              Map.of("format-version", Integer.toString(version)));
      DEATHS.set(0);
      DiesAfterCommits.reset();
      Pipeline pipeline = Pipeline.create(Numbers.flink());
      // While a checkpoint waits for this one, rows go on behind it.
      pipeline.apply("Slow", Read.from(new Numbers(BATCHES, 250)));
      pipeline
          .apply("Numbers", Read.from(new Numbers(BATCHES)))
          .apply("Batch", ParDo.of(new Batch()))
          .setCoder(RowBatchCoder.of())
          .apply(
              "Upsert",
              UpsertStream.to(config, REF, table, "users", "r1", "id")
                  .deletes("gone")
                  .every(Duration.millis(200)))
          .apply("Die", ParDo.of(new DiesAfterCommits()));
      pipeline.run().waitUntilFinish();

      assertThat(DEATHS.get()).isEqualTo(1);
      assertThat(DiesAfterCommits.again()).as("commits that came again").isPositive();
      Table now = catalog.load(REF);
      Map<Long, Long> held = new HashMap<>();
      long rows = 0;
      SnapshotRef newest = new SnapshotRef(REF, now.uuid(), now.currentSnapshot().snapshotId());
      for (SplitGroup group : Splits.of(now, newest, null, 1 << 26, 1)) {
        try (CloseableIterator<RowBatch> batches = group.open(now, SCHEMA, null)) {
          while (batches.hasNext()) {
            RowBatch batch = batches.next();
            rows += batch.size();
            for (int row = 0; row < batch.size(); row++) {
              held.put(
                  ((LongColumn) batch.column(0)).values()[row],
                  ((LongColumn) batch.column(1)).values()[row]);
            }
          }
        }
      }
      assertThat(held).isEqualTo(expected());
      assertThat(rows).as("rows, none twice").isEqualTo(held.size());
      Set<String> tokens = new HashSet<>();
      for (Snapshot snapshot : now.snapshots()) {
        assertThat(tokens.add(snapshot.summary().get("headwater.token"))).isTrue();
        assertThat(snapshot.summary()).containsEntry("total-equality-deletes", "0");
      }
      assertThat(tokens).as("commits while it ran").hasSizeGreaterThan(3);
    }
  }

  /** Numbers as upserts and removals of few keys; dies once, in the middle. */
  private static final class Batch extends DoFn<Integer, RowBatch> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Integer number, OutputReceiver<RowBatch> out) {
      if (number == BATCHES / 2 && DEATHS.compareAndSet(0, 1)) {
        throw new IllegalStateException("the worker dies at " + number);
      }
      RowBatchBuilder rows = new RowBatchBuilder(INCOMING);
      for (int row = 0; row < ROWS; row++) {
        rows.append(id(number, row), (long) number, isGone(number, row));
      }
      out.output(rows.build());
    }
  }
}

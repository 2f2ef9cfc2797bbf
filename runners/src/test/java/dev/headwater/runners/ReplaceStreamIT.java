package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.rows.RowBatchCoder;
import dev.headwater.table.AppendStream;
import dev.headwater.table.BatchWriter;
import dev.headwater.upsert.DeleteStream;
import dev.headwater.upsert.OverwriteStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three streams of one job write one table on Flink: one overwrites windows, one deletes by
 * conditions, one appends. The job fails before rows are written and right after commits.
 */
final class ReplaceStreamIT {
  private static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.required(2, "kind", Types.LongType.get()),
          NestedField.required(3, "at", Types.TimestampType.withoutZone()));
  private static final TableRef REF = TableRef.of("test", "events");
  private static final int NUMBERS = 200;
  private static final int ROWS = 10;

  /** Kinds of rows: of before, of windows, and appended ones, which lie far from all windows. */
  private static final long OLD = 0;

  private static final long WINDOW = 1;
  private static final long ADDED = 2;
  private static final long FAR_MILLIS = 1_000_000;

  @TempDir private Path folder = Path.of("unset");

  @Test
  void eachChangeOnceThoughTheJobFails() throws Exception {
    CatalogConfig config = CatalogConfig.embedded(folder);
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table =
          catalog.create(
              REF,
              SCHEMA,
              PartitionSpec.unpartitioned(),
              SortOrder.unsorted(),
              Map.of("format-version", "3"));
      before(catalog, table);
      DiesAfterCommits.reset();
      Pipeline pipeline = Pipeline.create(Numbers.flink());
      PCollection<Integer> numbers = pipeline.apply("Numbers", Read.from(new Numbers(NUMBERS)));
      numbers
          .apply("OfWindows", ParDo.of(new Batch(WINDOW, 0, true)))
          .setCoder(RowBatchCoder.of())
          .apply(
              "Overwrite",
              OverwriteStream.to(
                      config,
                      REF,
                      table,
                      "windows",
                      "r1",
                      "at",
                      FixedWindows.of(Duration.millis(50)))
                  .every(Duration.millis(200)))
          .apply("Die", ParDo.of(new DiesAfterCommits()));
      numbers
          .apply("Added", ParDo.of(new Batch(ADDED, FAR_MILLIS, false)))
          .setCoder(RowBatchCoder.of())
          .apply(
              "Append",
              AppendStream.to(config, REF, table, "added", "r1").every(Duration.millis(300)));
      numbers
          .apply("Conditions", ParDo.of(new Conditions()))
          .setCoder(StringUtf8Coder.of())
          .apply(
              "Delete",
              DeleteStream.from(config, REF, table, "deleted", "r1").every(Duration.millis(300)));
      pipeline.run().waitUntilFinish();

      assertThat(DiesAfterCommits.again()).as("commits that came again").isPositive();
      Table now = catalog.load(REF);
      List<String> rows = TestProject.rows(now, REF);
      List<String> expected = new ArrayList<>();
      for (long number = 0; number < NUMBERS; number++) {
        for (long row = 0; row < ROWS; row++) {
          expected.add(number * ROWS + row + " " + WINDOW + " " + number * 1_000);
          expected.add(number * ROWS + row + " " + ADDED + " " + (number + FAR_MILLIS) * 1_000);
        }
      }
      expected.add("-2 " + OLD + " " + 2 * FAR_MILLIS * 1_000);
      expected.sort(null);
      assertThat(rows).isEqualTo(expected);
      Set<String> tokens = new HashSet<>();
      for (Snapshot snapshot : now.snapshots()) {
        assertThat(tokens.add(snapshot.summary().get("headwater.token"))).isTrue();
      }
      assertThat(tokens).as("commits while it ran").hasSizeGreaterThan(6);
    }
  }

  /** Rows in each window, and two that no window has; one of these is to be deleted. */
  private static void before(TableCatalog catalog, Table table) throws IOException {
    long[] ids = LongStream.range(-2, NUMBERS).toArray();
    long[] kinds = new long[ids.length];
    Arrays.fill(kinds, OLD);
    long[] at = LongStream.range(-2, NUMBERS).map(i -> i * 1_000).toArray();
    at[0] = 2 * FAR_MILLIS * 1_000;
    at[1] = 2 * FAR_MILLIS * 1_000;
    try (BatchWriter out = BatchWriter.open(table, "before", "r")) {
      out.accept(
          RowBatch.of(
              SCHEMA, ids.length, LongColumn.of(ids), LongColumn.of(kinds), LongColumn.of(at)));
      Token token = Token.ofRun("before", "r", List.of());
      new Committer(catalog).commit(Change.append(REF, token, out.finish()));
    }
  }

  /** A number's rows; fails once in the middle. */
  private static final class Batch extends DoFn<Integer, RowBatch> {
    private static final long serialVersionUID = 1;
    private static final Set<Integer> FAILED = new HashSet<>();
    private final long kind;
    private final long later;
    private final boolean dies;

    Batch(long kind, long later, boolean dies) {
      this.kind = kind;
      this.later = later;
      this.dies = dies;
    }

    @ProcessElement
    public void process(@Element Integer number, OutputReceiver<RowBatch> out) {
      synchronized (FAILED) {
        if (dies && number == NUMBERS / 2 && FAILED.add(number)) {
          throw new IllegalStateException("the worker dies at " + number);
        }
      }
      long[] ids = LongStream.range((long) number * ROWS, (number + 1L) * ROWS).toArray();
      long[] kinds = new long[ROWS];
      Arrays.fill(kinds, kind);
      long[] at = new long[ROWS];
      Arrays.fill(at, (number + later) * 1_000);
      out.output(
          RowBatch.of(SCHEMA, ROWS, LongColumn.of(ids), LongColumn.of(kinds), LongColumn.of(at)));
    }
  }

  /** A condition for one row that is there, again and again, and many for rows that never are. */
  private static final class Conditions extends DoFn<Integer, String> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Integer number, OutputReceiver<String> out) {
      if (number % 20 == 0) {
        out.output("id = -1 and kind = 0");
        out.output("id < -1000 - " + number);
      }
    }
  }
}

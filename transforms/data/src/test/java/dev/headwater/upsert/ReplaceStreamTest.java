package dev.headwater.upsert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.rows.RowBatchCoder;
import dev.headwater.sketch.TableProfile;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.TablesOnDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.PTransform;
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
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams that overwrite windows and delete by conditions, on the DirectRunner. */
final class ReplaceStreamTest {
  private static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "at", Types.TimestampType.withoutZone()));
  private static final TableRef REF = TableRef.of("test", "events");
  private static final Duration INTERVAL = Duration.standardSeconds(10);
  private static final FixedWindows HOURS = FixedWindows.of(Duration.standardHours(1));

  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init")
  private TableCatalog catalog;

  @BeforeEach
  void open() {
    catalog = TableCatalog.open(CatalogConfig.embedded(folder));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private Table create(int version, boolean partitioned) {
    PartitionSpec spec =
        partitioned
            ? PartitionSpec.builderFor(SCHEMA).hour("at").build()
            : PartitionSpec.unpartitioned();
    return catalog.create(
        REF,
        SCHEMA,
        spec,
        SortOrder.unsorted(),
        Map.of("format-version", Integer.toString(version)));
  }

  /** Rows of an id and its minute. */
  private static RowBatch batch(long... idsAndMinutes) {
    RowBatchBuilder out = new RowBatchBuilder(SCHEMA);
    for (int i = 0; i < idsAndMinutes.length; i += 2) {
      out.append(idsAndMinutes[i], idsAndMinutes[i + 1] * 60_000_000L);
    }
    return out.build();
  }

  private void append(Table table, long... rows) throws IOException {
    try (BatchWriter out = BatchWriter.open(table, "before", "r")) {
      out.accept(batch(rows));
      Token token = Token.ofRun("before", "r" + rows[0], List.of());
      new Committer(catalog).commit(Change.append(REF, token, out.finish()));
    }
  }

  private List<String> rows() {
    List<String> out = new ArrayList<>();
    for (RowBatch batch : TablesOnDisk.read(catalog.load(REF))) {
      Values ids = Values.of(batch.column(0), Types.LongType.get());
      Values times = Values.of(batch.column(1), Types.TimestampType.withoutZone());
      for (int row = 0; row < batch.size(); row++) {
        Long at = (Long) times.at(row);
        out.add(ids.at(row) + "@" + (at == null ? "" : at / 60_000_000L));
      }
    }
    out.sort(null);
    return out;
  }

  private static Instant minute(int minute) {
    return Instant.ofEpochMilli(minute * 60_000L);
  }

  private <T> void run(
      TestStream<T> stream, PTransform<PCollection<T>, PCollection<Committed>> sink) {
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--enforceImmutability=false").create());
    pipeline.apply(stream).apply(sink);
    pipeline.run().waitUntilFinish();
  }

  private Map<String, String> newest() {
    return catalog.load(REF).currentSnapshot().summary();
  }

  @ParameterizedTest
  @CsvSource({"2, true", "2, false", "3, false"})
  void aCompleteWindowTakesThePlaceOfItsRows(int version, boolean partitioned) throws Exception {
    Table table = create(version, partitioned);
    append(table, 1, 5, 2, 65, 3, 125, 4, 185);
    append(table, 5, 10, 6, 70);
    OverwriteStream sink =
        OverwriteStream.to(catalog.config(), REF, table, "hours", "r1", "at", HOURS)
            .every(INTERVAL);
    run(
        TestStream.create(RowBatchCoder.of())
            .advanceWatermarkTo(minute(0))
            // Both windows in one batch; the second is not complete yet.
            .addElements(batch(10, 1, 11, 61))
            .addElements(batch(12, 59))
            .advanceWatermarkTo(minute(61))
            .addElements(batch(13, 62))
            .advanceWatermarkTo(minute(121))
            // Late rows of a window that was replaced are added to it.
            .addElements(batch(14, 2))
            .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
            .advanceWatermarkToInfinity(),
        sink);
    assertThat(rows()).containsExactly("10@1", "11@61", "12@59", "13@62", "14@2", "3@125", "4@185");
    List<Snapshot> snapshots = new ArrayList<>();
    catalog.load(REF).snapshots().forEach(snapshots::add);
    assertThat(snapshots).hasSize(5);
    assertThat(snapshots.get(2).summary())
        .containsEntry("headwater.fact.windows_replaced", "1")
        .containsEntry("headwater.fact.rows_removed", "2")
        .containsEntry(SummaryKeys.ROWS_IN, "2");
    if (partitioned) {
      assertThat(snapshots.get(2).summary())
          .as("whole files, by their metadata")
          .containsEntry("headwater.fact.files_removed", "2")
          .containsEntry("total-delete-files", "0");
    }
    assertThat(newest())
        .containsEntry("headwater.fact.rows_late", "1")
        .containsEntry("headwater.fact.windows_replaced", "0");
    assertThat(
            TableProfile.of(catalog.load(REF), snapshots.get(3).snapshotId())
                .column("id", 1)
                .orElseThrow()
                .max())
        .isEqualTo(13L);
  }

  @Test
  void aWindowLongOverIsOnlyAddedTo() throws Exception {
    Table table = create(2, false);
    append(table, 1, 5, 2, 65);
    run(
        TestStream.create(RowBatchCoder.of())
            .advanceWatermarkTo(minute(0))
            .addElements(batch(10, 61))
            .advanceWatermarkTo(minute(121))
            .addElements(batch(11, 6))
            .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
            .advanceWatermarkToInfinity(),
        OverwriteStream.to(catalog.config(), REF, table, "hours", "r1", "at", HOURS)
            .every(INTERVAL)
            .remembering(Duration.standardMinutes(30)));
    assertThat(rows()).containsExactly("10@61", "11@6", "1@5");
  }

  @ParameterizedTest
  @CsvSource({"2", "3"})
  void rowsThatMatchAConditionGoAndThoseThatComeLaterStay(int version) throws Exception {
    Table table = create(version, true);
    append(table, 1, 5, 2, 65, 3, 125, 4, 126);
    Coder<String> texts = StringUtf8Coder.of();
    DeleteStream sink =
        DeleteStream.from(catalog.config(), REF, table, "forget", "r1").every(INTERVAL);
    run(
        TestStream.create(texts)
            .advanceWatermarkTo(minute(0))
            .addElements("id = 1", "at >= timestamp '1970-01-01 02:06:00'", "id = 77")
            .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
            .addElements("id = 99")
            .advanceWatermarkToInfinity(),
        sink);
    assertThat(rows()).containsExactly("2@65", "3@125");
    assertThat(catalog.load(REF).snapshots()).as("nothing matched the second").hasSize(2);
    assertThat(newest())
        .containsEntry("headwater.fact.rows_removed", "2")
        .containsEntry("headwater.fact.files_removed", "1")
        .containsEntry("total-equality-deletes", "0");

    DeleteStream.Sealed sealed = new DeleteStream.Sealed("one", List.of("id = 2"));
    Committed first = sink.commit(catalog, sealed);
    append(catalog.load(REF), 2, 66);
    Committed again = sink.commit(catalog, sealed);
    assertThat(again.already()).isTrue();
    assertThat(again.snapshotId()).isEqualTo(first.snapshotId());
    assertThat(rows()).as("the row that came since stays").containsExactly("2@66", "3@125");
    DeleteStream.Sealed other = new DeleteStream.Sealed("two", List.of("id = 2"));
    assertThat(sink.commit(catalog, other).already()).isFalse();
    assertThat(rows()).containsExactly("3@125");
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    Table table = create(1, false);
    assertThatThrownBy(() -> DeleteStream.from(catalog.config(), REF, table, "s", "r"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot delete rows of test.events in a stream: its format version 1")
        .hasMessageContaining("Fix: set the table's property format-version to 2 or 3.");
    table.updateProperties().set("format-version", "2").commit();
    Table now = catalog.load(REF);
    assertThatThrownBy(() -> OverwriteStream.to(catalog.config(), REF, now, "s", "r", "id", HOURS))
        .hasMessageContaining("Cannot tell the windows of test.events by its column id: it is long")
        .hasMessageContaining("Fix: name a column that is a timestamp or a date.");
    DeleteStream sink = DeleteStream.from(catalog.config(), REF, now, "s", "r");
    assertThatThrownBy(
            () -> sink.commit(catalog, new DeleteStream.Sealed("x", List.of("town = 'a'"))))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot delete rows where (town = 'a'):")
        .hasMessageContaining("Fix: write a condition over the table's columns");
  }

  @Test
  void aWindowMayHaveColumnsThatTheTableLacked() {
    Table table = create(2, true);
    RowBatchBuilder wide =
        new RowBatchBuilder(
            new Schema(
                NestedField.required(1, "id", Types.LongType.get()),
                NestedField.optional(2, "at", Types.TimestampType.withoutZone()),
                NestedField.optional(3, "town", Types.StringType.get())));
    wide.append(3L, 3 * 60_000_000L, "Ulm");
    run(
        TestStream.create(RowBatchCoder.of())
            .advanceWatermarkTo(minute(0))
            .addElements(batch(1, 1, 2, 2), wide.build(), batch(4, 4))
            .advanceWatermarkToInfinity(),
        OverwriteStream.to(catalog.config(), REF, table, "hours", "r1", "at", HOURS)
            .schema(SchemaPolicy.DEFAULT));
    assertThat(rows()).containsExactly("1@1", "2@2", "3@3", "4@4");
    assertThat(catalog.load(REF).schema().findField("town")).isNotNull();
    assertThatThrownBy(
            () ->
                run(
                    TestStream.create(RowBatchCoder.of())
                        .addElements(wide.build())
                        .advanceWatermarkToInfinity(),
                    OverwriteStream.to(catalog.config(), REF, table, "hours", "r2", "at", HOURS)))
        .hasMessageContaining("column town is not in the table");
  }
}

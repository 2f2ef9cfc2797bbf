package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.rows.RowBatchCoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream on the DirectRunner, its clock moved by hand; what Flink does is tried by StreamIT. */
final class AppendStreamTest {
  private static final Schema SCHEMA =
      new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
  private static final TableRef REF = TableRef.of("test", "stream");
  private static final Duration INTERVAL = Duration.standardSeconds(10);

  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init")
  private TableCatalog catalog;

  @SuppressWarnings("NullAway.Init")
  private Table table;

  @BeforeEach
  void create() {
    catalog = TableCatalog.open(CatalogConfig.embedded(folder));
    table =
        catalog.create(REF, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static RowBatch ids(long from, long to) {
    long[] ids = LongStream.range(from, to).toArray();
    return RowBatch.of(SCHEMA, ids.length, LongColumn.of(ids, null));
  }

  private AppendStream sink() {
    return AppendStream.to(catalog.config(), REF, table, "clicks", "r1")
        .every(INTERVAL)
        .summary(Map.of(SummaryKeys.STAGE, "ingest"));
  }

  private List<Snapshot> snapshots() {
    List<Snapshot> out = new ArrayList<>();
    catalog.load(REF).snapshots().forEach(out::add);
    return out;
  }

  private List<Long> rows() {
    List<Long> out = new ArrayList<>();
    for (RowBatch batch : TablesOnDisk.read(catalog.load(REF))) {
      for (long id : ((LongColumn) batch.column(0)).values()) {
        out.add(id);
      }
    }
    out.sort(null);
    return out;
  }

  private void run(TestStream<RowBatch> stream) {
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--enforceImmutability=false").create());
    pipeline.apply(stream).apply(sink());
    pipeline.run().waitUntilFinish();
  }

  @Test
  void commitsAtEachIntervalAndAtTheEnd() {
    run(
        TestStream.create(RowBatchCoder.of())
            .advanceWatermarkTo(Instant.ofEpochMilli(0))
            .addElements(ids(0, 100), ids(100, 250))
            .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
            .addElements(ids(250, 300))
            // Far behind the watermark: kept like any other row.
            .advanceWatermarkTo(Instant.ofEpochMilli(1_000_000))
            .addElements(TimestampedValue.of(ids(300, 310), Instant.ofEpochMilli(5)))
            .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
            .addElements(ids(310, 311))
            .advanceWatermarkToInfinity());
    assertThat(rows()).isEqualTo(LongStream.range(0, 311).boxed().toList());
    assertThat(snapshots()).hasSizeBetween(3, 5);
    Set<String> tokens = new HashSet<>();
    for (Snapshot snapshot : snapshots()) {
      assertThat(snapshot.summary())
          .containsEntry(SummaryKeys.STAGE, "ingest")
          .containsKey(SummaryKeys.ROWS_IN);
      assertThat(tokens.add(snapshot.summary().get(SummaryKeys.TOKEN))).isTrue();
    }
    assertThat(
            snapshots().stream()
                .mapToLong(s -> Long.parseLong(s.summary().get(SummaryKeys.ROWS_KEPT)))
                .sum())
        .isEqualTo(311);
  }

  private static RowBatch towns(long id, String town) {
    RowBatchBuilder out =
        new RowBatchBuilder(
            new Schema(
                Types.NestedField.required(1, "id", Types.LongType.get()),
                Types.NestedField.optional(2, "town", Types.StringType.get())));
    out.append(id, town);
    return out.build();
  }

  @Test
  void newColumnsComeInTheCommitOfTheirRows() throws Exception {
    RowBatchBuilder wide =
        new RowBatchBuilder(
            new Schema(
                Types.NestedField.required(1, "n", Types.IntegerType.get()),
                Types.NestedField.required(2, "id", Types.LongType.get())));
    wide.append(7, 400L);
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--enforceImmutability=false").create());
    pipeline
        .apply(
            TestStream.create(RowBatchCoder.of())
                .advanceWatermarkTo(Instant.ofEpochMilli(0))
                .addElements(ids(0, 10), towns(100, "a"), wide.build())
                .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
                .addElements(towns(101, "b"), ids(10, 20))
                .advanceWatermarkToInfinity())
        .apply(sink().schema(SchemaPolicy.DEFAULT));
    pipeline.run().waitUntilFinish();
    Table after = catalog.load(REF);
    assertThat(after.schema().columns())
        .extracting(Types.NestedField::name)
        .containsExactlyInAnyOrder("id", "town", "n");
    assertThat(rows()).hasSize(23).contains(100L, 101L, 400L).doesNotHaveDuplicates();
    assertThat(texts(after, "town")).containsExactlyInAnyOrder("a", "b");
    assertThat(snapshots()).hasSize(2);
    assertThat(snapshots().get(0).summary())
        .containsEntry(SummaryKeys.ROWS_IN, "12")
        .hasEntrySatisfying(
            "headwater.fact.columns_changed", s -> assertThat(s).contains("added", "town"));
    assertThat(snapshots().get(1).summary()).doesNotContainKey("headwater.fact.columns_changed");
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".runs"))).isEmpty();
    }
  }

  @Test
  void whatTheSchemaPolicyDoesNotAllowStopsTheStream() {
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--enforceImmutability=false").create());
    pipeline
        .apply(
            TestStream.create(RowBatchCoder.of())
                .addElements(towns(100, "a"))
                .advanceWatermarkToInfinity())
        .apply(sink().schema(SchemaPolicy.FIXED));
    assertThatThrownBy(() -> pipeline.run().waitUntilFinish())
        .hasMessageContaining("The stream's rows do not fit table test.stream:")
        .hasMessageContaining("town")
        .hasMessageContaining("Fix: allow it by the stream's schema policy");
    assertThat(catalog.load(REF).currentSnapshot()).isNull();
    assertThatThrownBy(() -> sink().schema(SchemaPolicy.DEFAULT.orElse(SchemaPolicy.Else.LETTERS)))
        .hasMessageContaining("Cannot write a stream into test.stream by this schema policy")
        .hasMessageContaining("Fix: take else: stop");
  }

  @Test
  void aColumnIsRenamedAndWhatComesUnderItsOldNameBelongsToIt() {
    catalog.load(REF).updateSchema().addColumn("town", Types.StringType.get()).commit();
    Table before = catalog.load(REF);
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--enforceImmutability=false").create());
    pipeline
        .apply(
            TestStream.create(RowBatchCoder.of())
                .addElements(towns(1, "a"), ids(2, 3))
                .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
                .addElements(towns(3, "b"))
                .advanceWatermarkToInfinity())
        .apply(
            AppendStream.to(catalog.config(), REF, before, "clicks", "r1")
                .every(INTERVAL)
                .schema(SchemaPolicy.DEFAULT.rename("town", "city")));
    pipeline.run().waitUntilFinish();
    Table after = catalog.load(REF);
    assertThat(after.schema().findField("city").fieldId())
        .isEqualTo(before.schema().findField("town").fieldId());
    assertThat(texts(after, "city")).containsExactlyInAnyOrder("a", "b");
    assertThat(rows()).containsExactly(1L, 2L, 3L);
  }

  private static List<String> texts(Table table, String column) {
    List<String> out = new ArrayList<>();
    for (RowBatch batch : TablesOnDisk.read(table)) {
      Values values = Values.of(batch.column(column), Types.StringType.get());
      for (int row = 0; row < batch.size(); row++) {
        if (values.at(row) != null) {
          out.add(String.valueOf(values.at(row)));
        }
      }
    }
    return out;
  }

  @Test
  void aStreamOfSeveralTablesIsCommittedTableByTable() {
    Schema routed =
        new Schema(
            Types.NestedField.required(1, "kind", Types.StringType.get()),
            Types.NestedField.required(2, "id", Types.LongType.get()));
    Routes routes =
        Routes.by(catalog.config(), "test", "kind", Token.ofRun("events", "r1", List.of()))
            .creating((name, schema) -> PartitionSpec.unpartitioned());
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--enforceImmutability=false").create());
    pipeline
        .apply(
            TestStream.create(RowBatchCoder.of())
                .addElements(kinds(routed, 0, 30), kinds(routed, 30, 90))
                .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
                .addElements(kinds(routed, 90, 100))
                .advanceWatermarkToInfinity())
        .apply(RouteStream.by(routes, "r1").every(INTERVAL));
    pipeline.run().waitUntilFinish();
    for (int kind = 0; kind < 3; kind++) {
      Table its = catalog.load(TableRef.of("test", "k" + kind));
      assertThat(its.snapshots()).hasSizeBetween(2, 3);
      Set<Long> ids = new HashSet<>();
      for (RowBatch batch : TablesOnDisk.read(its)) {
        for (long id : ((LongColumn) batch.column("id")).values()) {
          assertThat(ids.add(id)).isTrue();
          assertThat(id % 3).isEqualTo(kind);
        }
      }
      assertThat(ids).hasSize(kind == 0 ? 34 : 33);
    }
  }

  @Test
  void eachOfSeveralTablesGetsTheColumnsOfItsRows() {
    Schema first =
        new Schema(
            Types.NestedField.required(1, "kind", Types.StringType.get()),
            Types.NestedField.required(2, "id", Types.IntegerType.get()));
    Schema second =
        new Schema(
            Types.NestedField.required(1, "kind", Types.StringType.get()),
            Types.NestedField.optional(2, "id", Types.LongType.get()),
            Types.NestedField.optional(3, "more", Types.StringType.get()));
    RowBatchBuilder plain = new RowBatchBuilder(first);
    plain.append("a", 1).append("b", 2);
    RowBatchBuilder more = new RowBatchBuilder(second);
    more.append("b", null, "x").append("b", 3L << 40, "y");
    Routes routes =
        Routes.by(catalog.config(), "test", "kind", Token.ofRun("events", "r1", List.of()))
            .creating((name, schema) -> PartitionSpec.unpartitioned())
            .schema(SchemaPolicy.DEFAULT.optional(true));
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--enforceImmutability=false").create());
    pipeline
        .apply(
            TestStream.create(RowBatchCoder.of())
                .addElements(plain.build(), more.build())
                .advanceWatermarkToInfinity())
        .apply(RouteStream.by(routes, "r1").every(INTERVAL));
    pipeline.run().waitUntilFinish();
    assertThat(catalog.load(TableRef.of("test", "a")).schema().asStruct())
        .isEqualTo(first.asStruct());
    Table its = catalog.load(TableRef.of("test", "b"));
    assertThat(its.schema().asStruct()).isEqualTo(second.asStruct());
    assertThat(texts(its, "more")).containsExactlyInAnyOrder("x", "y");
    assertThat(its.currentSnapshot().summary())
        .containsEntry(SummaryKeys.ROWS_IN, "3")
        .containsEntry("total-records", "3");
  }

  private static RowBatch kinds(Schema schema, long from, long to) {
    RowBatchBuilder rows = new RowBatchBuilder(schema);
    for (long id = from; id < to; id++) {
      rows.append("k" + id % 3, id);
    }
    return rows.build();
  }

  @Test
  void aStreamWithoutRowsCommitsNothing() {
    run(
        TestStream.create(RowBatchCoder.of())
            .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
            .advanceWatermarkToInfinity());
    assertThat(snapshots()).isEmpty();
  }

  @Test
  void aSealedListThatIsSeenAgainIsCommittedOnce() throws Exception {
    List<DataFile> files;
    try (BatchWriter writer = BatchWriter.open(table, "clicks", "r1")) {
      writer.accept(ids(0, 10));
      files = writer.finish();
    }
    Written sealed = Written.of(files, 10, 10, 0);
    Committed first = sink().commit(catalog, new Arrived(sealed, List.of()));
    Committed again = sink().commit(catalog, new Arrived(sealed, List.of()));
    assertThat(again.snapshotId()).isEqualTo(first.snapshotId());
    assertThat(snapshots()).hasSize(1);
    assertThat(rows()).hasSize(10);
  }
}

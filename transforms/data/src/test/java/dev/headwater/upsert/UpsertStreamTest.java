package dev.headwater.upsert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
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
import dev.headwater.compact.CompactPlan;
import dev.headwater.compact.CompactRule;
import dev.headwater.compact.CompactTable;
import dev.headwater.rows.RowBatchCoder;
import dev.headwater.sketch.TableProfile;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.FittingTable;
import dev.headwater.table.TablesOnDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Upserts and removals against a map, on the DirectRunner and commit by commit. */
final class UpsertStreamTest {
  private static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "day", Types.IntegerType.get()),
          NestedField.optional(3, "text", Types.StringType.get()),
          NestedField.optional(4, "version", Types.LongType.get()));
  private static final Schema INCOMING =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "day", Types.IntegerType.get()),
          NestedField.optional(3, "text", Types.StringType.get()),
          NestedField.optional(4, "version", Types.LongType.get()),
          NestedField.optional(5, "gone", Types.BooleanType.get()));
  private static final TableRef REF = TableRef.of("test", "users");
  private static final Duration INTERVAL = Duration.standardSeconds(10);

  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init")
  private TableCatalog catalog;

  private final Map<Long, Row> expected = new TreeMap<>();
  private int commits;

  private record Row(long id, int day, @Nullable String text, long version, boolean gone) {}

  @BeforeEach
  void open() {
    catalog = TableCatalog.open(CatalogConfig.embedded(folder.resolve("catalog")));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private void create(int version, PartitionSpec spec, String granularity) {
    catalog.create(
        REF,
        SCHEMA,
        spec,
        SortOrder.unsorted(),
        Map.of(
            "format-version",
            Integer.toString(version),
            "write.delete.granularity",
            granularity,
            "write.target-file-size-bytes",
            "2000"));
  }

  private UpsertStream sink() {
    return UpsertStream.to(catalog.config(), REF, catalog.load(REF), "users", "r1", "id")
        .deletes("gone")
        .every(INTERVAL);
  }

  private static RowBatch batch(List<Row> rows) {
    RowBatchBuilder out = new RowBatchBuilder(INCOMING);
    rows.forEach(r -> out.append(r.id, r.day, r.text, r.version, r.gone));
    return out.build();
  }

  private static RowBatch batch(Row... rows) {
    return batch(List.of(rows));
  }

  private static Row put(long id, String text) {
    return new Row(id, 0, text, 0, false);
  }

  private static Row remove(long id) {
    return new Row(id, 0, null, 0, true);
  }

  private List<Row> rows() {
    List<Row> out = new ArrayList<>();
    for (RowBatch batch : TablesOnDisk.read(catalog.load(REF))) {
      List<Values> values = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        values.add(Values.of(batch.column(i), SCHEMA.columns().get(i).type()));
      }
      for (int row = 0; row < batch.size(); row++) {
        Object day = values.get(1).at(row);
        Object version = values.get(3).at(row);
        out.add(
            new Row(
                ((Number) java.util.Objects.requireNonNull(values.get(0).at(row))).longValue(),
                day == null ? -1 : (Integer) day,
                (String) values.get(2).at(row),
                version == null ? -1 : (Long) version,
                false));
      }
    }
    return out;
  }

  private void check() {
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected.values());
  }

  private List<Snapshot> snapshots() {
    List<Snapshot> out = new ArrayList<>();
    catalog.load(REF).snapshots().forEach(out::add);
    return out;
  }

  private void run(UpsertStream sink, TestStream<RowBatch> stream) {
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--enforceImmutability=false").create());
    pipeline.apply(stream).apply(sink);
    pipeline.run().waitUntilFinish();
  }

  @ParameterizedTest
  @CsvSource({"2, partition", "2, file", "3, file"})
  void theLastRowOfAKeyStaysWithinAnIntervalAndAcross(int version, String granularity) {
    create(version, PartitionSpec.unpartitioned(), granularity);
    run(
        sink(),
        TestStream.create(RowBatchCoder.of())
            .advanceWatermarkTo(Instant.ofEpochMilli(0))
            .addElements(batch(put(1, "a"), put(2, "a"), put(1, "b")))
            .addElements(batch(put(3, "a"), remove(2), put(1, "c"), remove(9)))
            .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
            .addElements(batch(put(1, "d"), put(4, "a"), remove(4), put(4, "b")))
            .addElements(batch(remove(3), put(2, "z")))
            .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
            .addElements(batch(put(1, "e")))
            .advanceWatermarkToInfinity());
    List.of(put(1, "e"), put(2, "z"), put(4, "b")).forEach(row -> expected.put(row.id, row));
    check();
    assertThat(snapshots()).hasSize(3);
    Set<String> tokens = new HashSet<>();
    for (Snapshot snapshot : snapshots()) {
      Map<String, String> says = snapshot.summary();
      assertThat(tokens.add(says.get(SummaryKeys.TOKEN))).isTrue();
      assertThat(says).containsEntry("total-equality-deletes", "0");
      assertThat(Long.parseLong(says.get(SummaryKeys.ROWS_KEPT)))
          .isEqualTo(
              Long.parseLong(says.get(SummaryKeys.ROWS_IN))
                  - Long.parseLong(says.get(SummaryKeys.ROWS_FILTERED)));
    }
    assertThat(snapshots().get(1).summary())
        .containsEntry(SummaryKeys.ROWS_IN, "6")
        .containsEntry(SummaryKeys.ROWS_KEPT, "3")
        .containsEntry("headwater.fact.rows_replaced", "1")
        .containsEntry("headwater.fact.rows_removed", "1");
    assertThat(logs()).as("logs of keys that are left").isEmpty();
    Table table = catalog.load(REF);
    TableProfile profile = TableProfile.of(table, table.currentSnapshot().snapshotId());
    assertThat(profile.missing()).as("commits without sketches").isEmpty();
    assertThat(profile.column("text", 9).orElseThrow().max()).hasToString("z");
    assertThat(profile.deletions()).as("rows that went are in it").isTrue();
  }

  @Test
  void anIntervalInWhichNothingCameLeavesNoSnapshot() throws IOException {
    create(2, PartitionSpec.unpartitioned(), "file");
    assertThat(interval(sink(), List.of()).snapshot()).isEmpty();
    interval(sink().order("version"), List.of(List.of(put(1, "a"))));
    assertThat(interval(sink(), List.of(List.of())).already()).isFalse();
    assertThat(snapshots()).hasSize(1);
  }

  private List<Path> logs() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".runs")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes and commits what one interval brought, in some bundles. */
  private Committed interval(UpsertStream sink, List<List<Row>> bundles) throws IOException {
    return sink.commit(catalog, written(bundles, "version"));
  }

  private Keyed written(List<List<Row>> bundles, @Nullable String order) throws IOException {
    Table table = catalog.load(REF);
    KeyLog log = new KeyLog("users", table.schema(), List.of("id"), order);
    List<Keyed> parts = new ArrayList<>();
    long place = 0;
    for (List<Row> bundle : bundles) {
      Spill spill = Spill.in(folder.resolve("logs").toString(), table.io());
      FittingTable into =
          new FittingTable(catalog.config(), REF, table, "users", null, List.of("id"));
      try (KeyedWriter writer = new KeyedWriter(into, log, "gone", "users", "r1", spill, place)) {
        for (int from = 0; from < bundle.size(); from += 7) {
          writer.accept(batch(bundle.subList(from, Math.min(bundle.size(), from + 7))));
        }
        parts.addAll(writer.finish());
        place = writer.place();
      }
    }
    return Keyed.of(parts);
  }

  private void expect(Row row) {
    Row before = expected.get(row.id);
    if (before != null && before.version > row.version) {
      return;
    }
    if (row.gone) {
      expected.remove(row.id);
    } else {
      expected.put(row.id, row);
    }
  }

  private void compact(boolean all) {
    Table table = catalog.load(REF);
    CompactRule rule =
        all ? new CompactRule(null, table.sortOrder(), true, 0, 1) : CompactRule.pack();
    SnapshotRef now = new SnapshotRef(REF, table.uuid(), table.currentSnapshot().snapshotId());
    CompactPlan plan = CompactPlan.of(table, now, rule);
    if (!plan.isEmpty()) {
      Token token = Token.ofRun("compact.users", "c" + commits++, List.of("in"));
      TablesOnDisk.run(
          "compact",
          CompactTable.of(plan, table, rule, catalog.config(), token, Map.of())
              .spill(folder.resolve("scratch").toString(), 2),
          1);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, partition, 1", "3, file, 3"})
  void agreesWithAMapWhateverComesBetween(int version, String granularity, long seed)
      throws Exception {
    create(version, PartitionSpec.builderFor(SCHEMA).identity("day").build(), granularity);
    Random random = new Random(seed);
    UpsertStream sink = sink().order("version");
    long clock = 0;
    for (int interval = 0; interval < 8; interval++) {
      List<List<Row>> bundles = new ArrayList<>();
      for (int bundle = 0; bundle < 3; bundle++) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
          boolean gone = random.nextInt(5) == 0;
          // A key moves between partitions; some rows come late.
          rows.add(
              new Row(
                  random.nextInt(60),
                  random.nextInt(3),
                  gone ? null : "t" + clock,
                  clock++ - (gone || random.nextInt(4) > 0 ? 0 : 30),
                  gone));
        }
        bundles.add(rows);
      }
      // What a removal took is forgotten after its interval, and within it the greatest order
      // stays.
      Map<Long, Row> newest = new TreeMap<>();
      bundles.forEach(
          rows ->
              rows.forEach(
                  row -> {
                    Row before = newest.get(row.id);
                    if (before == null || before.version <= row.version) {
                      newest.put(row.id, row);
                    }
                  }));
      newest.values().forEach(this::expect);
      interval(sink, bundles);
      check();
      if (interval % 3 == 2) {
        compact(interval == 5);
        check();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2", "3"})
  void isComputedAnewWhenAnotherWriterComesFirst(int version) throws Exception {
    create(version, PartitionSpec.unpartitioned(), "partition");
    interval(sink(), List.of(List.of(put(1, "a"), put(2, "a"), put(3, "a"))));
    Keyed second = written(List.of(List.of(put(1, "b"), remove(2), put(5, "b"))), null);
    Table table = catalog.load(REF);
    Spill spill = Spill.in(folder.resolve("work").toString(), table.io());
    KeyLog log = new KeyLog("users", table.schema(), List.of("id"), null);
    NewestRows newest =
        NewestRows.of(
            log,
            new KeyBounds(table.schema(), List.of("id")),
            second.log(),
            Spill.in(folder.resolve("logs").toString(), table.io()),
            spill);
    ReplaceByKey replace = new ReplaceByKey(log, second, newest, "users/r1", spill);
    int[] tries = new int[1];
    Committer.Update between =
        new Committer.Update() {
          @Override
          public SnapshotUpdate<?> on(Table now) {
            SnapshotUpdate<?> computed = replace.on(now);
            switch (tries[0]++) {
              case 0 -> append(put(5, "rival"), put(2, "rival"));
              case 1 -> compact(true);
              default -> {}
            }
            return computed;
          }

          @Override
          public boolean again(RuntimeException refusal) {
            return replace.again(refusal);
          }
        };
    new Committer(catalog)
        .commit(
            Change.append(REF, Token.ofContent("users", second.paths()), second.files()), between);
    List.of(put(1, "b"), put(3, "a"), put(5, "b")).forEach(row -> expected.put(row.id, row));
    check();
    assertThat(tries[0]).isEqualTo(3);
  }

  /** Another writer's rows, whatever their keys. */
  private void append(Row... rows) {
    Table table = catalog.load(REF);
    try (BatchWriter writer = BatchWriter.open(table, "rival", "r1")) {
      writer.accept(batch(rows).select("id", "day", "text", "version"));
      var append = table.newAppend();
      writer.finish().forEach(append::appendFile);
      append.commit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSealedIntervalThatIsSeenAgainIsCommittedOnce() throws Exception {
    create(2, PartitionSpec.unpartitioned(), "file");
    Keyed sealed = written(List.of(List.of(put(1, "a"), put(1, "b"), remove(7))), null);
    Committed first = sink().commit(catalog, sealed);
    Committed again = sink().commit(catalog, sealed);
    assertThat(again.snapshotId()).isEqualTo(first.snapshotId());
    assertThat(snapshots()).hasSize(1);
    expected.put(1L, put(1, "b"));
    check();
  }

  @Test
  void aTableOfVersionOneAndAWrongKeyAreRefused() {
    create(1, PartitionSpec.unpartitioned(), "file");
    assertThatThrownBy(this::sink)
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("format version 1");
    catalog.create(
        TableRef.of("test", "two"),
        SCHEMA,
        PartitionSpec.unpartitioned(),
        SortOrder.unsorted(),
        Map.of());
    Table two = catalog.load(TableRef.of("test", "two"));
    assertThatThrownBy(
            () ->
                UpsertStream.to(catalog.config(), TableRef.of("test", "two"), two, "s", "r", "no"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("no such column");
  }

  @Test
  void columnsThatComeAreInTheTableBeforeTheirRowsAndTheKeyStays() {
    create(3, PartitionSpec.unpartitioned(), "file");
    Schema more =
        new Schema(
            NestedField.optional(1, "gone", Types.BooleanType.get()),
            NestedField.optional(2, "label", Types.StringType.get()),
            NestedField.optional(3, "day", Types.LongType.get()),
            NestedField.required(4, "id", Types.LongType.get()));
    RowBatchBuilder later = new RowBatchBuilder(more);
    later.append(false, "new", 1L << 40, 2L).append(true, null, null, 1L);
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--enforceImmutability=false").create());
    pipeline
        .apply(
            TestStream.create(RowBatchCoder.of())
                .addElements(batch(put(1, "a"), put(2, "b"), put(3, "c")), later.build())
                .advanceProcessingTime(INTERVAL.plus(Duration.millis(1)))
                .addElements(batch(put(4, "d")))
                .advanceWatermarkToInfinity())
        .apply(sink().schema(SchemaPolicy.DEFAULT.rename("text", "label")));
    pipeline.run().waitUntilFinish();
    Table after = catalog.load(REF);
    assertThat(after.schema().columns())
        .extracting(NestedField::name)
        .containsExactly("id", "day", "label", "version");
    assertThat(after.schema().findField("day").type()).isEqualTo(Types.LongType.get());
    Map<Object, Object> labels = new TreeMap<>();
    for (RowBatch batch : TablesOnDisk.read(after)) {
      Values ids = Values.of(batch.column("id"), Types.LongType.get());
      Values texts = Values.of(batch.column("label"), Types.StringType.get());
      for (int row = 0; row < batch.size(); row++) {
        labels.put(ids.at(row), String.valueOf(texts.at(row)));
      }
    }
    assertThat(labels).isEqualTo(Map.of(2L, "new", 3L, "c", 4L, "d"));

    assertThatThrownBy(() -> sink().schema(SchemaPolicy.DEFAULT.rename("id", "key")))
        .hasMessageContaining(
            "Column id of test.users cannot be renamed while a stream goes by it");
  }
}

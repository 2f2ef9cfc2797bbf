package dev.headwater.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.At;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.rows.RowBatchCoder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.CommitTable;
import dev.headwater.table.ReadTable;
import dev.headwater.table.Written;
import dev.headwater.upsert.SpillUpsert;
import dev.headwater.upsert.Upsert;
import dev.headwater.upsert.UpsertSpec;
import dev.headwater.upsert.UpsertStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that our stream replaced and removed, by position deletes and by deletion vectors. */
final class UpsertedHereIT {
  private static final Duration INTERVAL = Duration.standardSeconds(10);
  private static final Schema SCHEMA =
      Samples.ALL.select("id", "small", "dbl", "dec38", "day", "moment", "txt", "bin", "rec");

  private final Map<Long, @Nullable Object[]> expected = new TreeMap<>();

  @ParameterizedTest
  @CsvSource({
    "upserted_by_file, 2, file, false, POSITION_DELETES PARQUET",
    "upserted_by_partition, 2, partition, true, POSITION_DELETES PARQUET",
    "upserted_by_vector, 3, file, true, POSITION_DELETES PUFFIN",
  })
  void everyStateIsTheSame(
      String name, int version, String granularity, boolean partitioned, String kinds)
      throws IOException {
    PartitionSpec spec =
        partitioned
            ? PartitionSpec.builderFor(SCHEMA).bucket("id", 3).build()
            : PartitionSpec.unpartitioned();
    Ours.create(
        name,
        SCHEMA,
        spec,
        Map.of("format-version", "" + version, "write.delete.granularity", granularity));
    TestStream.Builder<RowBatch> stream =
        TestStream.create(RowBatchCoder.of()).advanceWatermarkTo(Instant.ofEpochMilli(0));
    stream = interval(stream, put(0, 0, 200), remove(190, 195));
    // Some of the keys, with what other rows have; some go; some come for the first time.
    stream = interval(stream, put(1, 40, 90), remove(10, 20), put(0, 200, 230));
    stream = interval(stream, put(2, 60, 70), put(1, 12, 14), remove(215, 260), put(3, 220, 221));
    Pipeline pipeline = Ours.pipeline();
    pipeline
        .apply(stream.advanceWatermarkToInfinity())
        .apply(
            UpsertStream.to(Lake.config(), Ours.ref(name), load(name), name, "r", "id")
                .deletes("gone")
                .every(INTERVAL));
    pipeline.run().waitUntilFinish();

    assertThat(deletes(name)).containsExactly(kinds);
    allSay(name);
    assertThat(load(name).snapshots()).hasSize(3);
    for (Snapshot snapshot : load(name).snapshots()) {
      long id = snapshot.snapshotId();
      List<String> then =
          Ours.read(ReadTable.of(Lake.config(), Ours.ref(name)).at(At.snapshot(id)));
      Same.rows(
          "Spark's state",
          Lake.spark().run("select * from default.demo." + name + " version as of " + id),
          then);
      Same.rows(
          "Flink's state",
          Lake.flink()
              .run(
                  "select * from `default`.demo.%s /*+ OPTIONS('snapshot-id'='%d') */"
                      .formatted(name, id)),
          then);
    }
  }

  /** A bounded upsert rewrites the files that hold its keys. */
  @Test
  void aBoundedUpsertIsTheSame() throws IOException {
    String name = "upserted_once";
    PartitionSpec spec = PartitionSpec.builderFor(SCHEMA).bucket("id", 3).build();
    Table table = Ours.create(name, SCHEMA, spec, Map.of("format-version", "3"));
    List<@Nullable Object[]> first = put(0, 0, 200).stream().map(UpsertedHereIT::plain).toList();
    Ours.append(name, first.subList(0, 100));
    Ours.append(name, first.subList(100, 200));
    table.refresh();
    Spill spill = Spill.in(Lake.folder().resolve("scratch").toString(), table.io());
    UpsertSpec upsert =
        new UpsertSpec(table, table, List.of("id"), null, name, "u1", spill, 2, false, null);
    List<RunRef> runs;
    try (SpillUpsert incoming = new SpillUpsert(upsert)) {
      List<@Nullable Object[]> rows = new ArrayList<>(put(5, 90, 110));
      rows.addAll(put(1, 200, 210));
      incoming.accept(Ours.batch(SCHEMA, rows.stream().map(UpsertedHereIT::plain).toList()), 0);
      runs = incoming.finish();
    }
    Pipeline pipeline = Ours.pipeline();
    Change change =
        Change.of(
            Ours.ref(name), Edit.Rewrite.of(table), Token.ofRun(name, "u1", List.of()), List.of());
    PCollectionList.of(
            pipeline.apply(
                "In", Create.of(Written.of(List.of(), 30, 0, 0)).withCoder(Written.coder())))
        .and(
            pipeline
                .apply("Runs", Create.of(runs).withCoder(RunRef.coder()))
                .apply("Upsert", new Upsert(upsert)))
        .apply(Flatten.pCollections())
        .apply("Commit", CommitTable.of(Lake.config(), change));
    pipeline.run().waitUntilFinish();

    assertThat(deletes(name)).isEmpty();
    allSay(name);
  }

  private void allSay(String name) {
    List<String> rows = Told.EXACTLY.rows(SCHEMA, List.copyOf(expected.values()));
    Same.rows("our", Ours.read(ReadTable.of(Lake.config(), Ours.ref(name))), rows);
    Same.rows("Spark's", Lake.spark().run("select * from default.demo." + name), rows);
    Same.rows("Flink's", Lake.flink().run("select * from `default`.demo." + name), rows);
    Same.rows("PyIceberg's", Lake.pyiceberg().run("{\"table\": \"demo." + name + "\"}"), rows);
  }

  private static @Nullable Object[] plain(@Nullable Object[] row) {
    return Arrays.copyOf(row, row.length - 1);
  }

  private static Table load(String name) {
    return Lake.catalog().load(Ours.ref(name));
  }

  /** By which kinds of file rows of the current state are deleted. */
  private static Set<String> deletes(String name) throws IOException {
    Set<String> kinds = new TreeSet<>();
    try (CloseableIterable<FileScanTask> tasks = load(name).newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        task.deletes().forEach(file -> kinds.add(file.content() + " " + file.format()));
      }
    }
    return kinds;
  }

  /** Rows as they come: the table's columns, and whether they remove. */
  private List<@Nullable Object[]> put(int turn, int from, int to) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (@Nullable Object[] row : Samples.rows(SCHEMA, from + turn, to + turn)) {
      row[0] = (Long) row[0] - turn;
      expected.put((Long) row[0], row);
      rows.add(with(row, false));
    }
    return rows;
  }

  private List<@Nullable Object[]> remove(int from, int to) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (long id = from; id < to; id++) {
      expected.remove(id);
      @Nullable Object[] row = new Object[SCHEMA.columns().size()];
      row[0] = id;
      rows.add(with(row, true));
    }
    return rows;
  }

  private static @Nullable Object[] with(@Nullable Object[] row, boolean gone) {
    @Nullable Object[] out = Arrays.copyOf(row, row.length + 1);
    out[row.length] = gone;
    return out;
  }

  @SafeVarargs
  private static TestStream.Builder<RowBatch> interval(
      TestStream.Builder<RowBatch> stream, List<@Nullable Object[]>... parts) {
    List<NestedField> fields = new ArrayList<>(SCHEMA.columns());
    fields.add(NestedField.required(1000, "gone", Types.BooleanType.get()));
    TestStream.Builder<RowBatch> next = stream;
    for (List<@Nullable Object[]> part : parts) {
      next = next.addElements(Ours.batch(new Schema(fields), part));
    }
    return next.advanceProcessingTime(INTERVAL.plus(Duration.millis(1)));
  }
}

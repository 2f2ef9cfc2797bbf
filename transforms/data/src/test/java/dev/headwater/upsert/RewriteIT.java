package dev.headwater.upsert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.commit.BaseMovedException;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.columns.RowBatch;
import dev.headwater.sketch.TableProfile;
import dev.headwater.table.ForeignTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upserts, and removals by key and by condition: copy-on-write. */
final class RewriteIT extends RewriteCase {
  @Test
  void rewritesOnlyTheFilesThatHoldOneOfTheKeys() throws Exception {
    create(PartitionSpec.unpartitioned());
    // Every file spans all ids, so that only reading tells which one holds a key.
    for (int file = 0; file < 10; file++) {
      int own = file;
      append("f" + file, LongStream.range(0, 200).mapToObj(i -> row(i * 10 + own, "old")).toList());
    }
    SortedSet<String> before = paths();

    Committed done =
        upsert(
            "r1",
            List.of("id"),
            null,
            List.of(row(3, "new"), row(1_003, "new"), row(7, "new"), row(9_999, "more")),
            2);

    SortedSet<String> after = paths();
    after.retainAll(before);
    assertThat(after).hasSize(8);
    assertThat(done.summary())
        .containsEntry(SummaryKeys.FACT + "files_rewritten", "2")
        .containsEntry(SummaryKeys.FACT + "rows_carried", "397")
        .containsEntry(SummaryKeys.FACT + "rows_dropped", "3")
        .containsEntry("deleted-data-files", "2")
        .containsEntry(SummaryKeys.ROWS_KEPT, "4");
    Table table = catalog.load(REF);
    TableProfile profile =
        TableProfile.of(
            table, table.currentSnapshot().parentId(), Objects.requireNonNull(done.snapshotId()));
    assertThat(profile.rows()).as("the sketches are of the rows that came").isEqualTo(4);
    assertThat(profile.deletions()).isTrue();
    assertThat(profile.missing()).isEmpty();
    List<Row> rows = rows();
    assertThat(rows).hasSize(2_001);
    assertThat(rows)
        .filteredOn(r -> !r.value().equals("old"))
        .extracting(Row::id)
        .containsExactlyInAnyOrder(3L, 7L, 1_003L, 9_999L);
    assertThat(
            upsert(
                    "r1",
                    List.of("id"),
                    null,
                    List.of(row(3, "new"), row(1_003, "new"), row(7, "new"), row(9_999, "more")),
                    2)
                .already())
        .isTrue();
    assertThat(rows()).hasSize(2_001);
  }

  @Test
  void filesThatNoKeyCanBeInAreNotEvenRead() throws Exception {
    create(PartitionSpec.builderFor(SCHEMA).identity("town").build());
    append("f1", List.of(new Row(1, "a", 1, "old"), new Row(2, "b", 1, "old")));
    try (CloseableIterable<FileScanTask> files =
        catalog.load(REF).newScan().filter(Expressions.equal("town", "b")).planFiles()) {
      files.forEach(task -> catalog.io().deleteFile(task.file().location()));
    }
    upsert("r1", List.of("town", "id"), null, List.of(new Row(1, "a", 1, "new")), 1);
    assertThat(paths()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "id, false, false",
    "id, true, true",
    "id+town, false, true",
    "id+town, true, false",
    "town, true, false"
  })
  void isWhatAMapWouldHold(String key, boolean ordered, boolean partitioned) throws Exception {
    Random random = new Random(key.hashCode() + (ordered ? 1 : 0));
    create(
        partitioned
            ? PartitionSpec.builderFor(SCHEMA).bucket("id", 3).build()
            : PartitionSpec.unpartitioned());
    List<String> keys = List.of(key.split("\\+"));
    Map<String, Row> oracle = new TreeMap<>();
    for (int run = 0; run < 3; run++) {
      List<Row> incoming = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        incoming.add(
            new Row(
                random.nextInt(400),
                "t" + random.nextInt(40),
                ordered && random.nextInt(9) == 0 ? null : random.nextInt(50),
                run + "." + i));
      }
      upsert("r" + run, keys, ordered ? "at" : null, incoming, 3);
      for (Row row : incoming) {
        String by =
            (keys.contains("id") ? row.id() : "") + "/" + (keys.contains("town") ? row.town() : "");
        Row old = oracle.get(by);
        if (old == null || !ordered || rank(row) >= rank(old)) {
          oracle.put(by, row);
        }
      }
      assertThat(rows()).as("run %d", run).containsExactlyInAnyOrderElementsOf(oracle.values());
    }
  }

  private static int rank(Row row) {
    return row.at() == null ? -1 : row.at();
  }

  @Test
  void removesTheRowsOfKeys() throws Exception {
    create(PartitionSpec.unpartitioned());
    append("f1", LongStream.range(0, 10).mapToObj(i -> row(i, "old")).toList());
    append("f2", LongStream.range(10, 20).mapToObj(i -> row(i, "old")).toList());
    run(spec("r1", List.of("id"), null, 2, true), List.of(row(3, ""), row(4, ""), row(99, "")));
    assertThat(rows()).extracting(Row::id).hasSize(18).doesNotContain(3L, 4L, 99L);
    run(
        spec("r2", List.of("id"), null, 2, true),
        LongStream.range(0, 10).mapToObj(i -> row(i, "")).toList());
    assertThat(rows()).extracting(Row::id).hasSize(10);
    assertThat(paths()).hasSize(1);
  }

  @Test
  void isRefusedWhenAnotherWriterCameFirstAndDoneOverThen() throws Exception {
    create(PartitionSpec.unpartitioned());
    append("f1", List.of(row(1, "old"), row(2, "old")));
    UpsertSpec stale = spec("r1", List.of("id"), null, 1, false);
    upsert("r2", List.of("id"), null, List.of(row(2, "other")), 1);
    assertThatThrownBy(() -> run(stale, List.of(row(1, "new"))))
        .isInstanceOf(BaseMovedException.class);
    UpsertSpec late = spec("r3", List.of("id"), null, 1, false);
    append("f2", List.of(row(5, "other")));
    assertThatThrownBy(() -> run(late, List.of(row(5, "mine"))))
        .isInstanceOf(BaseMovedException.class);
    run(spec("r1", List.of("id"), null, 1, false), List.of(row(1, "new")));
    assertThat(rows()).containsExactlyInAnyOrder(row(1, "new"), row(2, "other"), row(5, "other"));
  }

  @Test
  void aKeyThatIsNullOrNoKeyIsTold() throws Exception {
    create(PartitionSpec.unpartitioned());
    append("f1", List.of(row(1, "old")));
    assertThatThrownBy(
            () -> upsert("r1", List.of("at"), null, List.of(new Row(1, "a", null, "new")), 1))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("1 of 1 rows have a null in their key (at)");
    assertThatThrownBy(() -> upsert("r1", List.of("idd"), null, List.of(), 1))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("there is no such column");
  }

  @Test
  void removesTheRowsThatMatchAndRewritesOnlyFilesWithOthersToo() throws Exception {
    create(PartitionSpec.builderFor(SCHEMA).identity("town").build());
    append(
        "f1",
        List.of(
            new Row(1, "a", 1, "x"),
            new Row(2, "a", 2, "x"),
            new Row(3, "b", 3, "x"),
            new Row(4, "b", null, "x"),
            new Row(5, "c", 5, "x")));
    SortedSet<String> before = paths();
    assertThat(RemoveRows.count(catalog.load(REF), where("town = 'a' or at > 2")))
        .isEqualTo(new RemoveRows.Count(3, 1, 4));

    Committed done = remove("r1", "town = 'a' or at > 2");
    assertThat(rows()).containsExactly(new Row(4, "b", null, "x"));
    assertThat(done.summary())
        .containsEntry(SummaryKeys.FACT + "files_rewritten", "3")
        .containsEntry(SummaryKeys.FACT + "rows_carried", "1")
        .containsEntry(SummaryKeys.FACT + "rows_dropped", "4");
    SortedSet<String> after = paths();
    assertThat(after).hasSize(1).doesNotContainAnyElementsOf(before);

    long snapshot = catalog.load(REF).currentSnapshot().snapshotId();
    remove("r2", "town = 'nowhere'");
    remove("r3", "at = 3");
    assertThat(catalog.load(REF).currentSnapshot().snapshotId()).isEqualTo(snapshot);
  }

  @Test
  void wholeFilesGoWithoutBeingRead() throws Exception {
    create(PartitionSpec.unpartitioned());
    append("f1", List.of(row(1, "x"), row(2, "x")));
    append("f2", List.of(row(10, "x"), row(20, "x")));
    try (CloseableIterable<FileScanTask> files =
        catalog.load(REF).newScan().filter(Expressions.equal("id", 20L)).planFiles()) {
      files.forEach(task -> catalog.io().deleteFile(task.file().location()));
    }
    remove("r1", "id >= 10");
    assertThat(rows()).extracting(Row::id).containsExactly(1L, 2L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "3"})
  void rowsThatWereDeletedBeforeDoNotComeBack(String version) throws Exception {
    catalog.create(
        REF,
        SCHEMA,
        PartitionSpec.unpartitioned(),
        SortOrder.unsorted(),
        Map.of("format-version", version));
    append("f1", LongStream.range(0, 10).mapToObj(i -> row(i, "old")).toList());
    append("f2", LongStream.range(10, 20).mapToObj(i -> row(i, "old")).toList());
    ForeignTable others = new ForeignTable(catalog.load(REF));
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = others.table().newScan().planFiles()) {
      tasks.forEach(task -> files.add(task.file().copy()));
    }
    files.sort(Comparator.comparing(DataFile::dataSequenceNumber));
    if (version.equals("3")) {
      others.deleteByVectors(files, new long[][] {{1, 2}, {3}});
    } else {
      others.deletePositions(files, new long[][] {{1, 2}, {3}}, FileFormat.PARQUET, null);
    }
    RowBatch gone = batch(List.of(row(15, "old"))).select("id");
    others.deleteEqual(gone, FileFormat.PARQUET, null);
    assertThat(rows()).hasSize(16);

    upsert("r1", List.of("id"), null, List.of(row(2, "new"), row(5, "new")), 1);
    assertThat(rows())
        .hasSize(17)
        .contains(row(2, "new"), row(5, "new"))
        .doesNotContain(row(1, "old"), row(5, "old"), row(2, "old"));
    remove("r2", "id >= 17");
    assertThat(rows())
        .extracting(Row::id)
        .containsExactlyInAnyOrder(0L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 14L, 16L);
    try (CloseableIterable<FileScanTask> tasks = catalog.load(REF).newScan().planFiles()) {
      tasks.forEach(task -> assertThat(task.deletes()).isEmpty());
    }
  }

  /** What a backfill and a replay of letters do to a table that somebody else has made. */
  @ParameterizedTest
  @CsvSource({"1, AVRO", "1, ORC", "2, AVRO", "3, ORC"})
  void filesOfOthersGiveTheirRowsUpAndKeepTheOthers(int version, FileFormat format)
      throws Exception {
    create(PartitionSpec.unpartitioned(), version);
    ForeignTable others = new ForeignTable(catalog.load(REF));
    for (long from : new long[] {0, 10}) {
      others.append(
          LongStream.range(from, from + 10)
              .mapToObj(id -> new Object[] {id, "t", 1, "old"})
              .toList(),
          null,
          format);
    }
    List<Long> there = new ArrayList<>(LongStream.range(0, 20).boxed().toList());
    if (version > 1) {
      others.deleteEqual(batch(List.of(row(3, "old"), row(15, "old"))).select("id"), format, null);
      there.removeAll(List.of(3L, 15L));
    }
    assertThat(rows()).extracting(Row::id).containsExactlyInAnyOrderElementsOf(there);

    remove("r1", "id >= 8 and id < 12");
    there.removeAll(List.of(8L, 9L, 10L, 11L));
    assertThat(rows()).extracting(Row::id).containsExactlyInAnyOrderElementsOf(there);
    upsert("r2", List.of("id"), null, List.of(row(3, "new"), row(5, "new")), 1);
    assertThat(rows())
        .hasSize(there.size() + (version > 1 ? 1 : 0))
        .contains(row(3, "new"), row(5, "new"), row(19, "old"))
        .doesNotContain(row(5, "old"), row(15, version > 1 ? "old" : "new"));
    try (CloseableIterable<FileScanTask> tasks = catalog.load(REF).newScan().planFiles()) {
      tasks.forEach(task -> assertThat(task.deletes()).isEmpty());
    }
  }
}

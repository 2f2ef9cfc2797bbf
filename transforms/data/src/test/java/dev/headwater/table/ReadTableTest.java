package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.At;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** States of a table, and what came between two of them, read by a pipeline. */
final class ReadTableTest {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "name", Types.StringType.get()));
  private static final TableRef REF = TableRef.of("test", "t");

  @TempDir private Path folder = Path.of("unset");
  private int runs;

  private List<String> read(ReadTable step) {
    List<String> out = new ArrayList<>();
    for (RowBatch batch : TablesOnDisk.run("Read" + runs++, step, 2)) {
      out.addAll(ForeignTable.rows(batch));
    }
    out.sort(null);
    return out;
  }

  private static List<@Nullable Object[]> rows(int from, int to) {
    List<@Nullable Object[]> out = new ArrayList<>();
    for (int i = from; i < to; i++) {
      out.add(new Object[] {(long) i, "n" + i % 3});
    }
    return out;
  }

  @Test
  void anyStateIsReadWithTheColumnsAndRowsThatAreWanted() throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      ForeignTable foreign = new ForeignTable(tables.create("t", SCHEMA));
      Table table = foreign.table();
      ReadTable read = ReadTable.of(tables.config(), REF);
      assertThat(read(read)).isEmpty();
      foreign.append(rows(0, 3), null);
      table.manageSnapshots().createTag("eoy", table.currentSnapshot().snapshotId()).commit();
      foreign.append(rows(3, 6), null);

      assertThat(read(read)).hasSize(6);
      assertThat(read(read.at(At.tag("eoy")))).containsExactly("[0, n0]", "[1, n1]", "[2, n2]");
      assertThat(read(read.columns("name").where("id >= 2 and id % 2 = 0")))
          .containsExactly("[n1]", "[n2]");
      assertThat(read(read.appended(At.tag("eoy"), At.current()).where("name <> 'n1'")))
          .containsExactly("[3, n0]", "[5, n2]");
      assertThatThrownBy(() -> read(read.columns("nobody")))
          .hasMessageContaining("no column 'nobody'");
      assertThatThrownBy(() -> read(read.at(At.branch("none"))))
          .hasMessageContaining("branch:none");
    }
  }

  @Test
  void appendedRowsAreRefusedWhereACommitDeleted() throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      ForeignTable foreign = new ForeignTable(tables.create("t", SCHEMA));
      DataFile file = foreign.append(rows(0, 3), null);
      foreign.deletePositions(List.of(file), new long[][] {{1}}, FileFormat.PARQUET, null);

      ReadTable read = ReadTable.of(tables.config(), REF);
      assertThatThrownBy(() -> read(read.appended(null, At.current())))
          .hasMessageContaining("is no append")
          .hasMessageContaining("read the changes instead");
      assertThat(read(read.changes(null, At.current()).columns("id")))
          .hasSize(4)
          .anyMatch(row -> row.startsWith("[1, DELETE, 1, "));
    }
  }

  /**
   * For each commit: the rows before, with the inserted and without the deleted, are those after.
   */
  @Test
  void changesLeadFromEachStateToTheNext() throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      for (int seed = 0; seed < 4; seed++) {
        Random random = new Random(seed);
        ForeignTable foreign =
            new ForeignTable(
                tables.create(
                    "t" + seed,
                    SCHEMA,
                    PartitionSpec.unpartitioned(),
                    Map.of("format-version", seed % 2 == 0 ? "2" : "3")));
        commitAnything(foreign, random, seed % 2 != 0);
        Table table = foreign.table();
        TableRef ref = TableRef.of("test", "t" + seed);
        List<String> changes = read(ReadTable.of(tables.config(), ref).changes(null, At.current()));
        List<String> expected = new ArrayList<>();
        int ordinal = 0;
        for (Snapshot commit : table.snapshots()) {
          for (String row : changes) {
            String[] parts = row.substring(1, row.length() - 1).split(", ", -1);
            if (!parts[4].equals("" + commit.snapshotId())) {
              continue;
            }
            assertThat(parts[3]).isEqualTo("" + ordinal);
            String plain = "[" + parts[0] + ", " + parts[1] + "]";
            if (parts[2].equals("INSERT")) {
              expected.add(plain);
            } else {
              assertThat(expected.remove(plain)).as(row).isTrue();
            }
          }
          ordinal += commit.operation().equals("replace") ? 0 : 1;
          expected.sort(null);
          assertThat(expected)
              .isEqualTo(ForeignTable.byIceberg(table, SCHEMA, commit.snapshotId()));
        }
      }
    }
  }

  private static void commitAnything(ForeignTable foreign, Random random, boolean vectors)
      throws IOException {
    List<DataFile> files = new ArrayList<>();
    files.add(foreign.append(rows(0, 100), null));
    for (int step = 0; step < 7; step++) {
      DataFile one = files.get(random.nextInt(files.size()));
      long[][] positions = {random.longs(9, 0, one.recordCount()).distinct().toArray()};
      switch (random.nextInt(5)) {
        case 0 -> {
          if (vectors) {
            foreign.deleteByVectors(List.of(one), positions);
          } else {
            foreign.deletePositions(List.of(one), positions, FileFormat.PARQUET, null);
          }
        }
        case 1 ->
            foreign.deleteEqual(
                new RowBatchBuilder(SCHEMA.select("id")).append((long) random.nextInt(100)).build(),
                FileFormat.PARQUET,
                null);
        case 2 -> {
          if (files.size() > 1) {
            foreign.table().newDelete().deleteFile(one).commit();
            files.remove(one);
          }
        }
        case 3 -> {
          DataFile again = foreign.write(rows(1_000, 1_040), null);
          foreign.table().newOverwrite().deleteFile(one).addFile(again).commit();
          files.remove(one);
          files.add(again);
        }
        default -> files.add(foreign.append(rows(step * 10, step * 10 + 50), null));
      }
    }
  }
}

package dev.headwater.runners;

import static dev.headwater.runners.TestProject.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What new, changed and vanished files do to a table, by the way it is written. */
final class WriteModesIT {
  private static final TableRef RIDES = TableRef.of("shop", "rides");
  private static final Schema SCHEMA =
      new Schema(
          NestedField.optional(1, "id", Types.LongType.get()),
          NestedField.optional(2, "town", Types.StringType.get()),
          NestedField.optional(3, "at", Types.LongType.get()));

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  @SuppressWarnings("NullAway.Init")
  private TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
  }

  @Test
  void upsertedRowsTakeThePlaceOfThoseWithTheSameKey() throws Exception {
    declare("key: id\n    write: upsert");
    file("day1", "1 x 10", "2 x 10", "3 y 10");
    file("day2", "3 y 20", "3 y 21");
    run();
    assertThat(rows()).containsExactly("1 x 10", "2 x 10", "3 y 21");

    file("day3", "2 z 30", "4 z 30");
    run();
    assertThat(rows()).containsExactly("1 x 10", "2 z 30", "3 y 21", "4 z 30");
    assertThat(project.said()).contains("2 kept, 0 letters, 1 files rewritten");

    Files.delete(folder.resolve("data/day1.parquet"));
    assertThat(project.headwater("plan")).isZero();
    assertThat(project.said()).as("a file that is gone took its rows nowhere").contains("fresh");

    file("day3", "4 w 40");
    run();
    assertThat(rows()).containsExactly("1 x 10", "2 z 30", "3 y 21", "4 w 40");
  }

  @Test
  void rowsThatAreOlderThanTheTablesAreLeftOut() throws Exception {
    declare("write: upsert\n    key: [town, id]\n    order: at");
    file("day1", "1 x 10", "2 x 50");
    run();
    file("day0", "1 x 20", "2 x 20", "2 y 20");
    run();
    assertThat(rows()).containsExactly("1 x 20", "2 x 50", "2 y 20");
  }

  @Test
  void appendedRowsStayWhateverBecomesOfTheirFiles() throws Exception {
    declare("write: append");
    file("day1", "1 x 10");
    run();
    Files.delete(folder.resolve("data/day1.parquet"));
    file("day2", "1 x 10", "2 x 20");
    run();
    assertThat(rows()).containsExactly("1 x 10", "1 x 10", "2 x 20");

    file("day2", "3 x 30");
    assertThat(project.headwater("run")).isEqualTo(3);
    assertThat(project.said()).contains("has changed since its rows were appended");
    assertThat(rows()).hasSize(3);
  }

  @Test
  void filesAreWrittenAsDeclaredFromThenOnAndNoneAgain() throws Exception {
    declare("write: append");
    file("day1", "1 x 10", "2 x 20");
    run();
    declare("write: append\n    sort: at desc\n    properties: {owner: us}");
    assertThat(project.headwater("plan")).isZero();
    assertThat(project.said()).contains("fresh", "settings", "owner = us, sort");
    run();
    try (TableCatalog catalog = project.catalog()) {
      Table table = catalog.load(RIDES);
      assertThat(table.properties()).containsEntry("owner", "us");
      assertThat(table.sortOrder().isSorted()).isTrue();
      assertThat(table.snapshots()).hasSize(1);
      assertThat(project.headwater("plan")).isZero();
      assertThat(project.said()).doesNotContain("settings");

      file("day2", "3 x 30", "4 x 40");
      run();
      table.refresh();
      assertThat(TestProject.inOrder(table, RIDES))
          .containsSubsequence("4 x 40", "3 x 30")
          .containsSubsequence("1 x 10", "2 x 20");
    }
  }

  @Test
  void partitionsThatNewRowsAreInAreReplaced() throws Exception {
    declare("write: overwrite\n    partition: town");
    file("day1", "1 x 10", "2 x 10", "3 y 10");
    run();
    file("day2", "4 x 20");
    run();
    assertThat(rows()).containsExactly("3 y 10", "4 x 20");
  }

  @Test
  void rowsThatMatchAFilterAreReplacedByThoseOfNewFiles() throws Exception {
    declare("write: append");
    file("day1", "1 x 10", "2 x 20", "3 y 30");
    file("day2", "4 y 40");
    run();
    declare("write: {overwrite: at >= 20}");
    file("day3", "5 z 50", "6 z 5");
    run();
    assertThat(project.said()).contains("1 kept, 1 letters, 2 files rewritten");
    assertThat(rows())
        .as("of a file with both kinds the others stay")
        .containsExactly("1 x 10", "5 z 50");
    project.headwater("letters", "rides");
    assertThat(project.said()).contains("not coalesce").contains("day3.parquet");
    project.headwater("plan");
    assertThat(project.said()).contains("fresh");
    file("day3", "5 z 51");
    run();
    assertThat(rows()).containsExactly("1 x 10", "5 z 51");

    declare("write: {overwrite: att >= 20}");
    assertThat(project.headwater("plan")).isEqualTo(2);
    assertThat(project.said()).contains("line 7  tables.rides.write.overwrite:").contains("att");
  }

  @Test
  void allRowsAreReplacedByAllFiles() throws Exception {
    declare("write: replace");
    file("day1", "1 x 10");
    run();
    file("day2", "2 x 20");
    run();
    assertThat(rows()).containsExactly("1 x 10", "2 x 20");
    try (TableCatalog catalog = project.catalog()) {
      assertThat(catalog.load(RIDES).currentSnapshot().operation()).isEqualTo("overwrite");
    }
  }

  @Test
  void rowsAreDeletedByACondition() throws Exception {
    declare("write: append");
    file("day1", "1 x 10", "2 x 20");
    file("day2", "3 y 30");
    run();
    String[] delete = {"table", "delete", "rides", "--where", "at >= 20"};
    assertThat(project.headwater(delete)).isEqualTo(2);
    assertThat(project.headwater(with(delete, "--dry-run"))).isZero();
    assertThat(project.said())
        .contains("Would delete 2 rows of rides in 2 files, 1 of them written again");
    assertThat(rows()).hasSize(3);
    assertThat(project.headwater(with(delete, "--yes"))).isZero();
    assertThat(project.said()).contains("Deleted 2 rows of rides in 2 files");
    assertThat(rows()).containsExactly("1 x 10");
    assertThat(project.headwater(with(delete, "--yes"))).isZero();
    assertThat(project.said()).contains("No row of rides matches");
    assertThat(project.headwater("table", "delete", "rides", "--where", "att > 1", "--yes"))
        .isEqualTo(2);
    assertThat(project.said()).contains("Cannot delete by `att > 1`");
    assertThat(project.headwater("plan")).isZero();
    assertThat(project.said()).contains("fresh");
  }

  private static String[] with(String[] args, String more) {
    String[] out = Arrays.copyOf(args, args.length + 1);
    out[args.length] = more;
    return out;
  }

  private void declare(String write) throws IOException {
    project.yaml(
        """
        project: shop
        sources:
          rides_file: data/*.parquet
        tables:
          rides:
            from: rides_file
            %s
        """
            .formatted(write));
  }

  private void run() {
    assertThat(project.headwater("run")).as(project.said()).isZero();
  }

  /** Writes a source file: "id town at" for each row. */
  private void file(String name, String... rows) throws IOException {
    List<@Nullable Object[]> values = new ArrayList<>();
    for (String row : rows) {
      String[] cells = row.split(" ", -1);
      values.add(row(Long.parseLong(cells[0]), cells[1], Long.parseLong(cells[2])));
    }
    project.file(name, SCHEMA, values.toArray(Object[][]::new));
  }

  private List<String> rows() throws IOException {
    return project.rows(RIDES);
  }
}

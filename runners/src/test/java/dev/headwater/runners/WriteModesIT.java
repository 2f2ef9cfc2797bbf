package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.pipelines.Launcher;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
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

  private String said = "";

  @BeforeEach
  void data() throws IOException {
    Files.createDirectories(folder.resolve("data"));
  }

  @Test
  void upsertedRowsTakeThePlaceOfThoseWithTheSameKey() throws Exception {
    project("key: id\n    write: upsert");
    file("day1", "1 x 10", "2 x 10", "3 y 10");
    file("day2", "3 y 20", "3 y 21");
    run();
    assertThat(rows()).containsExactly("1 x 10", "2 x 10", "3 y 21");

    file("day3", "2 z 30", "4 z 30");
    run();
    assertThat(rows()).containsExactly("1 x 10", "2 z 30", "3 y 21", "4 z 30");
    assertThat(said).contains("2 kept, 0 letters, 1 files rewritten");

    Files.delete(folder.resolve("data/day1.parquet"));
    assertThat(headwater("plan")).isZero();
    assertThat(said).as("a file that is gone took its rows nowhere").contains("fresh");

    file("day3", "4 w 40");
    run();
    assertThat(rows()).containsExactly("1 x 10", "2 z 30", "3 y 21", "4 w 40");
  }

  @Test
  void rowsThatAreOlderThanTheTablesAreLeftOut() throws Exception {
    project("write: upsert\n    key: [town, id]\n    order: at");
    file("day1", "1 x 10", "2 x 50");
    run();
    file("day0", "1 x 20", "2 x 20", "2 y 20");
    run();
    assertThat(rows()).containsExactly("1 x 20", "2 x 50", "2 y 20");
  }

  @Test
  void appendedRowsStayWhateverBecomesOfTheirFiles() throws Exception {
    project("write: append");
    file("day1", "1 x 10");
    run();
    Files.delete(folder.resolve("data/day1.parquet"));
    file("day2", "1 x 10", "2 x 20");
    run();
    assertThat(rows()).containsExactly("1 x 10", "1 x 10", "2 x 20");

    file("day2", "3 x 30");
    assertThat(headwater("run")).isEqualTo(3);
    assertThat(said).contains("has changed since its rows were appended");
    assertThat(rows()).hasSize(3);
  }

  @Test
  void filesAreWrittenAsDeclaredFromThenOnAndNoneAgain() throws Exception {
    project("write: append");
    file("day1", "1 x 10", "2 x 20");
    run();
    project("write: append\n    sort: at desc\n    properties: {owner: us}");
    assertThat(headwater("plan")).isZero();
    assertThat(said).contains("fresh", "settings", "owner = us, sort");
    run();
    try (TableCatalog catalog =
        TableCatalog.open(CatalogConfig.embedded(folder.resolve(".headwater")))) {
      Table table = catalog.load(RIDES);
      assertThat(table.properties()).containsEntry("owner", "us");
      assertThat(table.sortOrder().isSorted()).isTrue();
      assertThat(table.snapshots()).hasSize(1);
      assertThat(headwater("plan")).isZero();
      assertThat(said).doesNotContain("settings");

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
    project("write: overwrite\n    partition: town");
    file("day1", "1 x 10", "2 x 10", "3 y 10");
    run();
    file("day2", "4 x 20");
    run();
    assertThat(rows()).containsExactly("3 y 10", "4 x 20");
  }

  @Test
  void rowsThatMatchAFilterAreReplacedByThoseOfNewFiles() throws Exception {
    project("write: append");
    file("day1", "1 x 10", "2 x 20", "3 y 30");
    file("day2", "4 y 40");
    run();
    project("write: {overwrite: at >= 20}");
    file("day3", "5 z 50", "6 z 5");
    run();
    assertThat(said).contains("1 kept, 1 letters, 2 files rewritten");
    assertThat(rows())
        .as("of a file with both kinds the others stay")
        .containsExactly("1 x 10", "5 z 50");
    headwater("letters", "rides");
    assertThat(said).contains("not coalesce").contains("day3.parquet");
    headwater("plan");
    assertThat(said).contains("fresh");
    file("day3", "5 z 51");
    run();
    assertThat(rows()).containsExactly("1 x 10", "5 z 51");

    project("write: {overwrite: att >= 20}");
    assertThat(headwater("plan")).isEqualTo(2);
    assertThat(said).contains("line 7  tables.rides.write.overwrite:").contains("att");
  }

  @Test
  void allRowsAreReplacedByAllFiles() throws Exception {
    project("write: replace");
    file("day1", "1 x 10");
    run();
    file("day2", "2 x 20");
    run();
    assertThat(rows()).containsExactly("1 x 10", "2 x 20");
    try (TableCatalog catalog = catalog()) {
      assertThat(catalog.load(RIDES).currentSnapshot().operation()).isEqualTo("overwrite");
    }
  }

  @Test
  void rowsAreDeletedByACondition() throws Exception {
    project("write: append");
    file("day1", "1 x 10", "2 x 20");
    file("day2", "3 y 30");
    run();
    String[] delete = {"table", "delete", "rides", "--where", "at >= 20"};
    assertThat(headwater(delete)).isEqualTo(2);
    assertThat(headwater(with(delete, "--dry-run"))).isZero();
    assertThat(said).contains("Would delete 2 rows of rides in 2 files, 1 of them written again");
    assertThat(rows()).hasSize(3);
    assertThat(headwater(with(delete, "--yes"))).isZero();
    assertThat(said).contains("Deleted 2 rows of rides in 2 files");
    assertThat(rows()).containsExactly("1 x 10");
    assertThat(headwater(with(delete, "--yes"))).isZero();
    assertThat(said).contains("No row of rides matches");
    assertThat(headwater("table", "delete", "rides", "--where", "att > 1", "--yes")).isEqualTo(2);
    assertThat(said).contains("Cannot delete by `att > 1`");
    assertThat(headwater("plan")).isZero();
    assertThat(said).contains("fresh");
  }

  private static String[] with(String[] args, String more) {
    String[] out = Arrays.copyOf(args, args.length + 1);
    out[args.length] = more;
    return out;
  }

  private void project(String write) throws IOException {
    Files.writeString(
        folder.resolve("headwater.yaml"),
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
    assertThat(headwater("run")).as(said).isZero();
  }

  private int headwater(String... verb) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(both, true, StandardCharsets.UTF_8);
    Session session =
        new Session(
            null, () -> ServiceLoader.load(Launcher.Provider.class).findFirst().orElseThrow());
    Screen screen = new Screen(to, to, false, false, false, false);
    List<String> all = new ArrayList<>(List.of(verb));
    all.addAll(List.of("-C", folder.toString()));
    int status = Headwater.execute(screen, session, all.toArray(String[]::new));
    said = both.toString(StandardCharsets.UTF_8);
    return status;
  }

  /** Writes a source file: "id town at" for each row. */
  private void file(String name, String... rows) throws IOException {
    Path work = folder.resolve("work");
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(work))) {
      TableRef ref = TableRef.of("work", "t" + System.nanoTime());
      Table table =
          catalog.create(
              ref, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
      RowBatchBuilder batch = new RowBatchBuilder(SCHEMA);
      for (String row : rows) {
        String[] cells = row.split(" ", -1);
        batch.append(Long.parseLong(cells[0]), cells[1], Long.parseLong(cells[2]));
      }
      try (BatchWriter out = BatchWriter.open(table, "s", "r")) {
        out.accept(batch.build());
        Path written = Path.of(URI.create(out.finish().get(0).location()));
        Files.move(
            written,
            folder.resolve("data/" + name + ".parquet"),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private TableCatalog catalog() {
    return TableCatalog.open(CatalogConfig.embedded(folder.resolve(".headwater")));
  }

  private List<String> rows() throws IOException {
    List<String> out = new ArrayList<>();
    try (TableCatalog catalog = catalog()) {
      Table table = catalog.load(RIDES);
      SnapshotRef now = new SnapshotRef(RIDES, table.uuid(), table.currentSnapshot().snapshotId());
      for (SplitGroup group : Splits.of(table, now, null, 1 << 20, 1)) {
        try (var batches = group.open(table.io(), table.schema(), null)) {
          batches.forEachRemaining(
              batch -> {
                for (int row = 0; row < batch.size(); row++) {
                  out.add(
                      Values.of(batch.column(0), Types.LongType.get(), row)
                          + " "
                          + Values.of(batch.column(1), Types.StringType.get(), row)
                          + " "
                          + Values.of(batch.column(2), Types.LongType.get(), row));
                }
              });
        }
      }
    }
    out.sort(null);
    return out;
  }
}

package dev.headwater.runners;

import static dev.headwater.runners.TestProject.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What files with other columns do to a table, by its policy. */
final class SchemaPolicyIT {
  private static final TableRef RIDES = TableRef.of("shop", "rides");
  private static final TableRef LETTERS = TableRef.of("shop", "rides__letters");
  private static final Type INT = Types.IntegerType.get();
  private static final Type LONG = Types.LongType.get();
  private static final Type TEXT = Types.StringType.get();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  private TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
  }

  @Test
  void whatIsAllowedHappensInTheRowsOwnCommit() throws Exception {
    declare("append", "");
    project.file("day1", schema("id", INT, "town", TEXT), row(1, "x"));
    run();
    project.file("day2", schema("id", LONG, "at", LONG), row(5_000_000_000L, 7L));
    run();
    assertThat(project.said()).contains("widened id from int to long; added at");
    assertThat(project.rows(RIDES)).containsExactly("1 x null", "5000000000 null 7");
    assertThat(snapshots()).isEqualTo(2);
  }

  @Test
  void whatIsNotAllowedStopsBeforeAnythingIsWritten() throws Exception {
    declare("append", "{add: false, widen: false}");
    project.file("day1", schema("id", INT, "town", TEXT), row(1, "x"));
    run();
    project.file("day2", schema("id", LONG, "town", INT, "at", LONG), row(2L, 3, 7L));
    assertThat(project.headwater("run")).isEqualTo(3);
    assertThat(project.said())
        .contains("The rows do not fit table rides: column id is long in")
        .contains("day2.parquet, but int in the table; column town is int in")
        .contains("but string in the table; column at (long) of")
        .contains("is not in the table.")
        .contains("allow it by tables.rides.schema.widen: true, give column town one type,")
        .contains("tables.rides.schema.add: true")
        .contains("tables.rides.schema.else: letters");
    assertThat(project.rows(RIDES)).containsExactly("1 x");
    try (var files = Files.walk(folder.resolve(".headwater"))) {
      assertThat(files.filter(f -> f.toString().endsWith(".parquet"))).hasSize(1);
    }
  }

  @Test
  void rowsThatDoNotFitGoToTheLettersAndComeBackOnceTheyMay() throws Exception {
    declare("mirror", "{add: false, widen: false, else: letters}");
    project.file("day1", schema("id", INT, "town", TEXT), row(1, "x"));
    run();
    project.file(
        "day2",
        schema("town", TEXT, "id", LONG, "at", LONG),
        row("y", 2L, null),
        row("y", 5_000_000_000L, null),
        row("z", 3L, 9L),
        row("z", null, null));
    project.file("day3", schema("id", INT, "town", INT), row(4, null), row(5, 6));
    run();
    assertThat(project.said()).contains("3 kept, 3 letters");
    assertThat(project.rows(RIDES)).containsExactly("1 x", "2 y", "4 null", "null z");
    assertThat(project.rows(LETTERS))
        .anySatisfy(
            l -> assertThat(l).contains("day2.parquet 1 schema.widen id is no int as in the table"))
        .anySatisfy(
            l ->
                assertThat(l)
                    .contains("day2.parquet 2 schema.add at (long) is not in the table at 9 {"))
        .anySatisfy(
            l ->
                assertThat(l)
                    .contains("day3.parquet 1 schema.type town is int, but string in the table"));
    project.headwater("plan");
    assertThat(project.said()).contains("fresh");

    declare("mirror", "{add: true, widen: true, else: letters}");
    project.headwater("plan");
    assertThat(project.said()).contains("schema changed, and files did not fit before");
    run();
    assertThat(project.rows(RIDES))
        .containsExactly(
            "1 x null", "2 y null", "3 z 9", "4 null null", "5000000000 y null", "null z null");
  }

  @Test
  void aPolicyThatChangesNothingMakesNothingAnew() throws Exception {
    declare("mirror", "");
    project.file("day1", schema("id", INT), row(1));
    run();
    declare("mirror", "{add: false, optional: true, else: letters}");
    project.headwater("plan");
    assertThat(project.said()).contains("fresh");
  }

  @Test
  void aRenamedColumnStaysTheSameOne() throws Exception {
    declare("mirror", "");
    project.file("day1", schema("id", INT, "town", TEXT), row(1, "x"));
    run();
    int id = field("town").fieldId();
    declare("mirror", "{rename: {town: city}}");
    run();
    assertThat(project.said()).contains("renamed town to city");
    assertThat(field("city").fieldId()).isEqualTo(id);
    assertThat(project.rows(RIDES)).containsExactly("1 x");
    assertThat(dataFiles()).as("no row was written for a name").isEqualTo(1);
    project.headwater("plan");
    assertThat(project.said()).contains("fresh");

    project.file("day2", schema("id", INT, "city", TEXT), row(2, "y"));
    project.file("day3", schema("town", TEXT, "id", INT), row("z", 3));
    run();
    assertThat(project.rows(RIDES)).containsExactly("1 x", "2 y", "3 z");
    assertThat(dataFiles()).as("files are appended").isEqualTo(3);

    project.file("day1", schema("id", INT, "town", TEXT), row(1, "w"));
    run();
    assertThat(project.rows(RIDES)).containsExactly("1 w", "2 y", "3 z");
    assertThat(field("city").fieldId()).isEqualTo(id);

    project.file("day4", schema("id", INT, "town", TEXT, "city", TEXT), row(4, "a", "b"));
    assertThat(project.headwater("run")).isEqualTo(3);
    assertThat(project.said()).contains("Cannot rename column town to city").contains("has both");
  }

  @Test
  void aRequiredColumnBecomesOptionalOnlyWhereItMayAndMust() throws Exception {
    Schema required =
        new Schema(NestedField.required(1, "id", INT), NestedField.required(2, "town", TEXT));
    try (TableCatalog catalog = project.catalog()) {
      catalog.create(
          RIDES, required, PartitionSpec.unpartitioned(), SortOrder.unsorted(), java.util.Map.of());
    }
    declare("append", "");
    project.file("day1", schema("id", INT, "town", TEXT), row(1, "x"));
    run();
    assertThat(field("town").isRequired()).as("its rows have no null").isTrue();
    project.file("day2", schema("id", INT, "town", TEXT), row(2, "y"), row(3, null));
    assertThat(project.headwater("run")).isEqualTo(3);
    assertThat(project.said())
        .contains("column town is required in the table, but")
        .contains("has nulls in it")
        .contains("tables.rides.schema.optional: true");

    declare("append", "{else: letters}");
    run();
    assertThat(project.rows(RIDES)).containsExactly("1 x", "2 y");
    assertThat(project.rows(LETTERS))
        .singleElement()
        .asString()
        .contains("day2.parquet 1 schema.optional town is null, but required in the table");

    declare("append", "{optional: true}");
    project.file("day3", schema("id", INT), row(4));
    run();
    assertThat(field("town").isOptional()).isTrue();
    assertThat(field("id").isRequired()).isTrue();
    assertThat(project.rows(RIDES)).containsExactly("1 x", "2 y", "4 null");
  }

  private void declare(String write, String schema) throws IOException {
    project.yaml(
        """
        project: shop
        sources:
          rides_file: data/*.parquet
        tables:
          rides:
            from: rides_file
            write: %s
            %s
        """
            .formatted(write, schema.isEmpty() ? "" : "schema: " + schema));
  }

  private void run() {
    assertThat(project.headwater("run")).as(project.said()).isZero();
  }

  private NestedField field(String name) {
    try (TableCatalog catalog = project.catalog()) {
      return catalog.load(RIDES).schema().findField(name);
    }
  }

  private int snapshots() {
    try (TableCatalog catalog = project.catalog()) {
      return catalog.load(RIDES).history().size();
    }
  }

  private long dataFiles() throws IOException {
    try (TableCatalog catalog = project.catalog()) {
      Table table = catalog.load(RIDES);
      return Long.parseLong(table.currentSnapshot().summary().get("total-data-files"));
    }
  }

  private static Schema schema(Object... namesAndTypes) {
    NestedField[] fields = new NestedField[namesAndTypes.length / 2];
    for (int i = 0; i < fields.length; i++) {
      fields[i] =
          NestedField.optional(
              i + 1, (String) namesAndTypes[2 * i], (Type) namesAndTypes[2 * i + 1]);
    }
    return new Schema(fields);
  }
}

package dev.headwater.runners;

import static dev.headwater.runners.TestProject.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.nio.file.Path;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table's upkeep and its profile, on embedded Flink. */
final class TableOnFlinkIT {
  private static final TableRef RIDES = TableRef.of("shop", "rides");
  private static final Schema SCHEMA =
      new Schema(
          NestedField.optional(1, "id", Types.LongType.get()),
          NestedField.optional(2, "town", Types.StringType.get()));

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  @Test
  void isSortedAndProfiledAnewAndNothingBecomesStale() throws Exception {
    TestProject project = new TestProject(folder);
    project.yaml(
        """
        project: shop
        sources:
          rides_file: data/*.parquet
        tables:
          rides: {from: rides_file, write: upsert, key: id}
        """);
    for (long day = 0; day < 3; day++) {
      project.file("day" + day, SCHEMA, row(day, "z"), row(10 + day, null), row(2L, "day " + day));
      assertThat(project.headwater("run")).as(project.said()).isZero();
    }
    List<String> rows = project.rows(RIDES);
    assertThat(rows).containsExactly("0 z", "1 z", "10 null", "11 null", "12 null", "2 day 2");
    assertThat(project.headwater("profile", "rides")).as(project.said()).isZero();
    assertThat(project.said())
        .contains("Rows that were deleted or updated since they came still count.")
        .doesNotContain("Without the rows");

    String[] sort = {"table", "compact", "rides", "--sort", "town desc, id", "--runner=flink"};
    assertThat(project.headwater(sort)).as(project.said()).isZero();
    assertThat(project.said()).contains("became 1");
    assertThat(project.rows(RIDES)).isEqualTo(rows);
    try (TableCatalog catalog = project.catalog()) {
      var ids =
          TestProject.inOrder(catalog.load(RIDES), RIDES).stream()
              .map(r -> r.split(" ", -1)[0])
              .toList();
      assertThat(ids).containsExactly("0", "1", "2", "10", "11", "12");
    }
    assertThat(project.headwater("plan")).isZero();
    assertThat(project.said()).contains("fresh").doesNotContain("runs");

    assertThat(project.headwater("profile", "rides", "--refresh", "--runner=flink"))
        .as(project.said())
        .isZero();
    assertThat(project.said()).contains("6 rows of snapshot").doesNotContain("still count");
    assertThat(project.headwater("profile", "rides", "--refresh", "--from", "58")).isEqualTo(2);
    assertThat(project.headwater("plan")).isZero();
    assertThat(project.said()).contains("fresh").doesNotContain("runs");
  }

  @Test
  void partitionsAndTheRowsOfAConditionAreOverwritten() throws Exception {
    TestProject project = new TestProject(folder);
    project.yaml(
        """
        project: shop
        sources:
          rides_file: data/*.parquet
        tables:
          rides: {from: rides_file, write: overwrite, partition: town}
          tens: {from: rides_file, write: {overwrite: id >= 10}}
        """);
    String[] run = {"run", "--runner=flink"};
    project.file("a", SCHEMA, row(1L, "x"), row(2L, "y"), row(11L, "x"));
    assertThat(project.headwater(run)).as(project.said()).isZero();
    assertThat(project.rows(RIDES)).containsExactly("1 x", "11 x", "2 y");
    project.file("b", SCHEMA, row(3L, "x"), row(12L, "z"));
    assertThat(project.headwater(run)).as(project.said()).isZero();
    assertThat(project.rows(RIDES)).containsExactly("12 z", "2 y", "3 x");
    assertThat(project.rows(TableRef.of("shop", "tens"))).containsExactly("12 z");
  }
}

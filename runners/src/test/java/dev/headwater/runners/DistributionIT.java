package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of many partitions from several groups of files, on embedded Flink. */
final class DistributionIT {
  private static final Schema SCHEMA =
      new Schema(
          NestedField.optional(1, "town", Types.StringType.get()),
          NestedField.optional(2, "id", Types.LongType.get()));
  private static final TableRef ALONE = TableRef.of("shop", "alone");
  private static final TableRef MET = TableRef.of("shop", "met");
  private static final TableRef USUAL = TableRef.of("shop", "usual");
  private static final int FILES = 4;

  /** So many files a writer has open at most. */
  private static final int OPEN = 100;

  private static final int TOWNS = 110;
  private static final int ROWS = 5 * TOWNS;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  @Test
  void aPartitionsRowsMeetAsTheTableSays() throws Exception {
    TestProject project = new TestProject(folder);
    project.yaml(
        """
        project: shop
        sources:
          rides_file: data/*.parquet
        tables:
          alone: {from: rides_file, partition: town, properties: {write.distribution-mode: none}}
          met:
            from: rides_file
            partition: town
            sort: id
            properties: {write.distribution-mode: hash}
          usual: {from: rides_file, partition: town}
        """);
    List<String> all = new ArrayList<>();
    for (int file = 0; file < FILES; file++) {
      @Nullable Object[][] rows = new Object[ROWS][];
      for (int i = 0; i < ROWS; i++) {
        long id = (i * 383L + file * 101L) % ROWS;
        String town = id % TOWNS == 0 ? null : "t" + id % TOWNS;
        rows[i] = TestProject.row(town, file * (long) ROWS + id);
        all.add(town + " " + rows[i][1]);
      }
      project.file("f" + file, SCHEMA, rows);
    }
    all.sort(null);
    // Two workers, four groups: one for each file.
    assertThat(project.headwater("run", "--runner=flink", "--parallelism=2"))
        .as(project.said())
        .isZero();

    try (TableCatalog catalog = project.catalog()) {
      for (TableRef ref : List.of(ALONE, MET, USUAL)) {
        assertThat(TestProject.rows(catalog.load(ref), ref)).as(ref.name()).isEqualTo(all);
      }
      assertThat(files(catalog.load(ALONE))).as("each group its own").isEqualTo(FILES * TOWNS);
      assertThat(files(catalog.load(MET))).as("one a partition").isEqualTo(TOWNS);
      assertThat(files(catalog.load(USUAL)))
          .as("what has no open file meets")
          .isBetween(TOWNS, FILES * OPEN + TOWNS);
      List<String> met = TestProject.inOrder(catalog.load(MET), MET);
      for (String town : List.of("null", "t7", "t109")) {
        List<Long> ids =
            met.stream()
                .filter(row -> row.startsWith(town + " "))
                .map(row -> Long.valueOf(row.substring(town.length() + 1)))
                .toList();
        assertThat(ids).as(town).hasSize(FILES * ROWS / TOWNS).isSorted();
      }
    }
  }

  private static int files(Table table) throws IOException {
    int n = 0;
    try (CloseableIterable<FileScanTask> files = table.newScan().planFiles()) {
      for (FileScanTask unused : files) {
        n++;
      }
    }
    return n;
  }
}

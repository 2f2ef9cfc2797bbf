package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table beside what it was, and beside another one: by sketches where they decide. */
final class DriftIT {
  private static final Schema RIDES =
      new Schema(
          NestedField.optional(1, "id", Types.LongType.get()),
          NestedField.optional(2, "fare", Types.DoubleType.get()),
          NestedField.optional(3, "town", Types.StringType.get()));

  @TempDir private Path folder = Path.of("unset");

  private static void rides(TestProject project, String name, int from, double shift)
      throws IOException {
    Random random = new Random(from);
    Object[][] rows = new Object[6_000][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] =
          new Object[] {
            (long) from + i, random.nextGaussian() + shift, "town " + random.nextInt(9)
          };
    }
    project.file(name, RIDES, rows);
  }

  @Test
  void aTableIsComparedWithWhatItWas() throws Exception {
    TestProject project = new TestProject(folder);
    project.yaml(
        """
        project: shop
        sources:
          files: data/*.parquet
        tables:
          rides: {from: files, write: upsert, key: id}
        monitors:
          moved: {current: rides, reference: rides@tag:june, columns: [fare, town]}
        """);
    rides(project, "june", 0, 0);
    assertThat(project.headwater("run", "rides")).as(project.said()).isZero();
    assertThat(project.headwater("run", "moved")).as(project.said()).isNotZero();
    assertThat(project.said()).contains("has no state 'tag:june'");
    assertThat(project.headwater("table", "tag", "rides", "june")).as(project.said()).isZero();

    rides(project, "july", 10_000, 3);
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said())
        .contains("1 of 2 columns moved: fare; told by sketches, no row was read");
    assertThat(project.headwater("drift", "why", "moved")).isZero();
    assertThat(project.said()).contains("sketches").contains("fare").contains("is above 0.2");

    // Rows that are upserted leave both states in the sketches: then only a scan can tell.
    rides(project, "august", 10_000, 0);
    assertThat(project.headwater("run")).as(project.said()).isNotZero();
    assertThat(project.said()).contains("is no append");
  }

  @Test
  void twoTablesAreComparedAndRowsReadWhereTheyMust() throws Exception {
    TestProject project = new TestProject(folder);
    project.yaml(
        """
        project: shop
        sources:
          old: data/june.parquet
          new: data/ju*.parquet
        tables:
          june: {from: old}
          rides: {from: new, write: upsert, key: id}
        monitors:
          moved: {current: rides, reference: june, columns: [fare, town]}
        """);
    rides(project, "june", 0, 0);
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said()).contains("0 of 2 columns moved; told by sketches");
    rides(project, "july", 3_000, 3);
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said()).contains("1 of 2 columns moved: fare").doesNotContain("told by");
    assertThat(project.headwater("drift", "why", "moved")).isZero();
    assertThat(project.said()).contains("Rows were read: rows were deleted since");
  }
}

package dev.headwater.runners;

import static dev.headwater.runners.TestProject.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maintenance that the project file asks for, after the runs of its targets; and by hand. */
final class MaintainIT {
  private static final TableRef RIDES = TableRef.of("shop", "rides");
  private static final Schema SCHEMA =
      new Schema(NestedField.optional(1, "id", Types.LongType.get()));

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  private TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
  }

  @Test
  void whatIsDueIsPlannedDoneAfterTheRunAndMakesNothingStale() throws Exception {
    declare("");
    for (int i = 1; i <= 3; i++) {
      project.file("day" + i, SCHEMA, row((long) i), row(-1L));
      run();
    }
    Thread.sleep(1_100);
    declare(
        "maintain: {compact: {min_files: 3}, expire: {older_than: 1s, keep: 1},"
            + " orphans: 7d, manifests: auto}");
    assertThat(project.headwater("plan", "--check")).as(project.said()).isZero();
    assertThat(project.said())
        .containsPattern("ingest +rides +fresh")
        .containsPattern("compact +rides +due +3 files of \\d+ bytes on average")
        .containsPattern("compact +rides__letters +due +3 files of \\d+")
        .containsPattern("expire +rides +due +2 old snapshots")
        .containsPattern("orphans +rides +due +never looked for");
    run();
    assertThat(project.said())
        .containsPattern("ingest +rides +fresh")
        .containsPattern("compact +rides +rides: 3 files became 1, snapshot")
        .containsPattern("compact +rides__letters +rides__letters: 3 files became 1")
        .containsPattern("expire +rides +\\d of \\d snapshots are gone");
    assertThat(project.rows(RIDES)).containsExactly("1", "2", "3");
    project.headwater("runs");
    for (String step : List.of("compact", "expire", "orphans")) {
      assertThat(project.said()).containsPattern(step + " +" + step + "/rides +succeeded");
    }
    run();
    assertThat(project.said()).contains("Everything is fresh");
  }

  @Test
  void aStepThatFailsLeavesTheRunAsItIs() throws Exception {
    declare("maintain: {compact: {min_files: 1, where: nonsense > 1}}");
    project.file("day1", SCHEMA, row(1L));
    assertThat(project.headwater("run")).isEqualTo(2);
    assertThat(project.said())
        .containsPattern("ingest +rides +1 rows")
        .containsPattern("compact +rides +failed; the rows are as they were")
        .contains("nonsense");
    assertThat(project.rows(RIDES)).containsExactly("1");
    project.headwater("runs");
    assertThat(project.said()).containsPattern("ingest +table/rides +succeeded");
  }

  @Test
  void tablesOfOthersAreKeptByHandWhereThatIsAllowed() throws Exception {
    Path lake = folder.resolve("lake");
    TableRef orders = TableRef.of("sales", "orders");
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(lake))) {
      catalog.create(orders, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
      catalog.load(orders).newFastAppend().commit();
      catalog.load(orders).newFastAppend().commit();
    }
    lake("read");
    assertThat(project.headwater("table", "history", "lake.sales.orders")).isZero();
    assertThat(project.headwater("table", "show", "lake.sales.orders")).isZero();
    assertThat(project.said()).contains("lake.sales.orders");
    assertThat(project.headwater("table", "diff", "lake.sales.orders")).isZero();
    assertThat(project.headwater("table", "tag", "lake.sales.orders", "mine")).isEqualTo(4);
    assertThat(project.said())
        .contains("Cannot change table lake.sales.orders: catalog 'lake' is only read from here")
        .contains("access: write");
    assertThat(project.headwater("table", "show", "lak.sales.orders")).isEqualTo(2);
    assertThat(project.said()).contains("no catalog 'lak'").contains("Did you mean 'lake'?");

    lake("write");
    assertThat(project.headwater("table", "tag", "lake.sales.orders", "mine")).isZero();
    assertThat(project.headwater("table", "compact", "lake.sales.orders")).isZero();
    assertThat(
            project.headwater(
                "table", "expire", "lake.sales.orders", "--older-than=0s", "--keep=1", "--yes"))
        .as(project.said())
        .isZero();
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(lake))) {
      assertThat(catalog.load(orders).refs()).containsKey("mine");
      assertThat(catalog.load(orders).snapshots()).hasSize(1);
    }
  }

  @Test
  void aTableOfTheProjectsOwnLiesInTheCatalogThatItNames() throws Exception {
    declare("catalog: lake\n    write: upsert\n    key: id");
    Path file = folder.resolve("headwater.yaml");
    Files.writeString(
        file, Files.readString(file) + "catalogs:\n" + catalog("write").stripTrailing() + "\n");
    project.file("day1", SCHEMA, row(1L), row(-1L));
    run();
    project.file("day2", SCHEMA, row(1L), row(2L));
    run();
    project.headwater("plan");
    assertThat(project.said()).contains("fresh");
    assertThat(project.headwater("letters", "rides")).isZero();
    assertThat(project.said()).contains("id is less than 0");
    assertThat(project.headwater("trace", "rides")).isZero();
    assertThat(project.said()).contains("day1.parquet");
    try (TableCatalog own = project.catalog();
        TableCatalog lake = TableCatalog.open(CatalogConfig.embedded(folder.resolve("lake")))) {
      assertThat(own.find(RIDES)).isEmpty();
      assertThat(TestProject.rows(lake.load(RIDES), RIDES)).containsExactly("1", "2");
    }
  }

  private void lake(String access) throws IOException {
    project.yaml("project: shop\ncatalogs:\n" + catalog(access));
  }

  private String catalog(String access) {
    return """
          lake:
            uri: jdbc:sqlite:%s
            warehouse: ./lake/warehouse
            catalog-name: default
            access: %s
        """
        .formatted(folder.resolve("lake/catalog.db"), access)
        .indent(2);
  }

  private void run() {
    assertThat(project.headwater("run")).as(project.said()).isZero();
  }

  private void declare(String more) throws IOException {
    Files.writeString(folder.resolve("rides.yaml"), "columns:\n  id: {min: 0}\n");
    project.yaml(
        """
        project: shop
        sources:
          rides_file: data/*.parquet
        tables:
          rides:
            from: rides_file
            contract: rides.yaml
            %s
        """
            .formatted(more));
  }
}

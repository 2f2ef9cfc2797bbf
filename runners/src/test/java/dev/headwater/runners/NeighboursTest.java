package dev.headwater.runners;

import static dev.headwater.runners.TestProject.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projects that read each other's tables, or want the same name. */
final class NeighboursTest {
  private static final Schema ORDERS =
      new Schema(Types.NestedField.optional(1, "amount", Types.LongType.get()));

  private static final String SALES =
      """
      project: sales
      sources: {files: data/*.parquet}
      tables: {orders: {from: files}}
      """;

  private static final String SHOP =
      """
      project: shop
      projects: {sales: ../sales}
      sources: {sold: {table: sales/orders}}
      tables: {big: {sql: select amount from sold where amount > 1}}
      """;

  @TempDir Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init")
  private TestProject sales;

  @SuppressWarnings("NullAway.Init")
  private TestProject shop;

  @BeforeEach
  void two() throws IOException {
    sales = new TestProject(folder.resolve("sales"));
    shop = new TestProject(folder.resolve("shop"));
    sales.yaml(SALES);
    sales.file("a", ORDERS, row(1L), row(2L));
  }

  @Test
  void aTableOfAnotherFolderIsReadWhereItIs() throws IOException {
    shop.yaml(SHOP);
    runs(sales, "run");
    String before = location();
    runs(shop, "run");
    assertThat(shop.rows(TableRef.of("shop", "big"))).containsExactly("2");
    runs(shop, "trace", "big", "--columns");
    assertThat(shop.said())
        .contains("sales.sales.orders@")
        .contains(sales.folder().resolve("data/a.parquet").toString());
    runs(shop, "head", "sales/orders");
    assertThat(shop.said()).contains("amount");
    assertThat(location()).isEqualTo(before);
    runs(shop, "plan", "--check");
    sales.file("b", ORDERS, row(3L));
    runs(sales, "run");
    runs(shop, "why", "big");
    assertThat(shop.said()).contains("orders moved from").contains("data/b.parquet");
    runs(shop, "run");
    assertThat(shop.rows(TableRef.of("shop", "big"))).containsExactly("2", "3");
  }

  @Test
  void whatIsNotThereIsToldWithNearNames() throws IOException {
    runs(sales, "run");
    shop.yaml(SHOP.replace("sales/orders", "sales/ordres"));
    assertThat(shop.headwater("plan")).isEqualTo(2);
    assertThat(shop.said())
        .contains("line 3  sources.sold.table: project sales has no table 'ordres'.")
        .contains("Did you mean 'orders'?");
    shop.yaml(SHOP.replace("{table: sales/", "{table: slaes/"));
    assertThat(shop.headwater("plan")).isEqualTo(2);
    assertThat(shop.said())
        .contains("no table of a project 'slaes' is in ")
        .contains("Did you mean 'sales'?");
    shop.yaml(SHOP.replace("../sales", "../nowhere"));
    assertThat(shop.headwater("plan")).isEqualTo(2);
    assertThat(shop.said()).contains("line 2  projects.sales: Cannot read ");
    shop.yaml(SHOP.replace("../sales", "{path: ../sales, env: prod}"));
    assertThat(shop.headwater("plan")).isEqualTo(2);
    assertThat(shop.said()).contains("project sales (../sales) has no environment 'prod'");
  }

  @Test
  void whoSharesCatalogAndRegistryNeedsNoDeclaration() throws Exception {
    String shared = shared();
    sales.yaml(SALES + shared);
    shop.yaml(
        """
        project: shop
        sources: {}
        features:
          sums: {from: sales/orders, time: at, values: {total: sum(amount)}, windows: [1d]}
        """
            + shared);
    sales.yaml(SALES.replace("{from: files}", "{from: files, time: at}") + shared);
    Schema timed =
        new Schema(
            Types.NestedField.optional(1, "amount", Types.LongType.get()),
            Types.NestedField.optional(2, "at", Types.TimestampType.withoutZone()));
    sales.file("a", timed, row(1L, 991_353_600_000_000L), row(2L, 991_353_600_000_000L));
    runs(sales, "run");
    runs(shop, "run");
    runs(shop, "trace", "sums");
    assertThat(shop.said()).contains("sales.orders@").contains("data/a.parquet");
    runs(sales, "impact", "orders");
    assertThat(sales.said()).contains("shop.sums");
  }

  @Test
  void aNameBelongsToTheRepositoryThatWroteItFirst() throws Exception {
    String shared = shared();
    sales.yaml(SALES + shared);
    git(sales, "git@git.example.com:acme/sales.git");
    runs(sales, "run");

    TestProject clone = new TestProject(folder.resolve("clone"));
    clone.yaml(SALES + shared);
    clone.file("a", ORDERS, row(1L), row(2L));
    git(clone, "https://token@git.example.com/acme/sales");
    runs(clone, "run", "--force");

    TestProject other = new TestProject(folder.resolve("other"));
    other.yaml(SALES + shared);
    other.file("a", ORDERS, row(7L));
    git(other, "https://git.example.com/acme/store.git");
    for (String[] verb :
        new String[][] {
          {"run", "--force"}, {"table", "delete", "orders", "--where", "amount > 1", "--yes"}
        }) {
      assertThat(other.headwater(verb)).as(other.said()).isEqualTo(4);
      assertThat(other.said())
          .contains("Cannot write table sales.orders: it belongs to git.example.com/acme/sales")
          .contains("project sales in dev, ")
          .contains(" from " + clone.folder().getParent())
          .contains("and this is git.example.com/acme/store")
          .contains("say repository: git.example.com/acme/sales in headwater.yaml")
          .contains("headwater plan --claim --reason TEXT");
    }
    other.yaml("repository: git.example.com/acme/sales\n" + SALES + shared);
    runs(other, "run", "--force");
    other.yaml(SALES + shared);
    assertThat(other.headwater("plan", "--claim")).isEqualTo(2);
    runs(other, "plan", "--claim", "--reason", "it has moved");
    assertThat(other.said()).contains("sales.orders  was of git.example.com/acme/sales");
    runs(other, "run", "--force");
    assertThat(sales.headwater("run", "--force")).isEqualTo(4);
    assertThat(sales.said()).contains("since: it has moved");
  }

  private String shared() {
    return """
    catalogs:
      default: {uri: "jdbc:sqlite:%1$s/shared.db", warehouse: %1$s/warehouse}
    """
        .formatted(folder);
  }

  private static void git(TestProject project, String origin) throws IOException {
    Path git = Files.createDirectories(project.folder().resolve(".git"));
    Files.writeString(git.resolve("config"), "[remote \"origin\"]\n\turl = " + origin + "\n");
  }

  private String location() {
    CatalogConfig config = CatalogConfig.embedded(sales.folder().resolve(".headwater"));
    try (TableCatalog catalog = TableCatalog.open(config)) {
      return ((BaseTable) catalog.load(TableRef.of("sales", "orders")))
          .operations()
          .current()
          .metadataFileLocation();
    }
  }

  private static void runs(TestProject project, String... verb) {
    assertThat(project.headwater(verb)).as(project.said()).isZero();
  }
}

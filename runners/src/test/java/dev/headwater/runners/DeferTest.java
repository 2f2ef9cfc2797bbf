package dev.headwater.runners;

import static dev.headwater.runners.TestProject.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What isn't made here is read from another environment, where nothing changes by it. */
final class DeferTest {
  private static final Schema ORDERS =
      new Schema(
          Types.NestedField.optional(1, "amount", Types.LongType.get()),
          Types.NestedField.optional(2, "at", Types.TimestampType.withoutZone()));

  private static final long JUNE = 991_353_600_000_000L;
  private static final long HOUR = 3_600_000_000L;

  private static final String YAML =
      """
      project: shop
      environments: {prod: {protected: true}, stage: {}}
      sources: {files: data/*.parquet}
      tables:
        orders: {from: files, time: at}
        big: {sql: select amount from orders where amount > 50}
      models:
        late:
          rows: orders
          inputs: {amount: amount}
          label: amount % 3 = 0
          split: {by: at, train_until: 2001-06-07, holdout_until: 2001-06-10}
          training: {epochs: 1}
      scores:
        scored: {model: late@champion, rows: orders}
      """;

  @SuppressWarnings("NullAway.Init")
  private static TestProject shop;

  @BeforeAll
  static void makeInProd(@TempDir Path folder) throws IOException {
    shop = new TestProject(folder);
    shop.yaml(YAML);
    @Nullable Object[][] rows = new Object[200][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row((long) i % 100, JUNE + i * HOUR);
    }
    shop.file("a", ORDERS, rows);
    assertThat(shop.headwater("run", "+late", "big", "--env", "prod")).as(shop.said()).isZero();
  }

  @Test
  void whatIsNotHereIsReadFromThereAndNothingThereChanges() throws Exception {
    String before = state();
    assertThat(shop.headwater("plan", "big", "scored", "--defer", "prod")).as(shop.said()).isZero();
    assertThat(shop.said())
        .contains("big              fresh  from prod, made there as declared here")
        .contains("it never ran; reads orders, late from prod");
    assertThat(shop.headwater("run", "scored", "--defer", "prod")).as(shop.said()).isZero();
    assertThat(shop.said()).contains("orders, late from prod");
    assertThat(state()).isEqualTo(before);

    assertThat(shop.headwater("head", "scored")).isZero();
    assertThat(shop.said()).startsWith("shop · dev\n");
    try (TableCatalog dev = shop.catalog()) {
      assertThat(dev.list("shop"))
          .extracting(TableRef::name)
          .containsExactlyInAnyOrder("scored", "scored__letters");
    }
    assertThat(shop.headwater("plan", "scored", "--defer", "prod", "--check")).isZero();

    shop.headwater("runs", "scored");
    String id = shop.said().lines().filter(l -> l.contains("scored")).findFirst().orElse("");
    shop.headwater("runs", "show", id.strip().replaceFirst(" .*", ""));
    assertThat(shop.said())
        .contains("from_prod.shop.orders")
        .contains("from_prod.late")
        .containsPattern("defer +prod");
    assertThat(shop.headwater("trace", "scored", "--columns")).as(shop.said()).isZero();
    assertThat(shop.said())
        .startsWith("shop · dev\n")
        .contains("from_prod.late@1")
        .contains("from_prod.shop.orders@")
        .contains("data/a.parquet");
    assertThat(events())
        .contains(".headwater/environments/prod/warehouse/shop/orders")
        .contains("from_prod.shop.orders");
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void whatIsDeclaredOtherwiseIsMadeHere(@TempDir Path folder) throws Exception {
    TestProject own = new TestProject(folder);
    own.yaml(YAML);
    own.file("a", ORDERS, row(1L, JUNE), row(60L, JUNE), row(70L, JUNE));
    assertThat(own.headwater("run", "+big", "--env", "prod")).as(own.said()).isZero();
    own.yaml(YAML.replace("amount > 50", "amount > 65"));
    assertThat(own.headwater("run", "+big", "--defer", "prod")).as(own.said()).isZero();
    assertThat(own.said())
        .contains("from prod, made there as declared here")
        .contains("1 rows, 0 letters, orders from prod");
    assertThat(own.rows(TableRef.of("shop", "big"))).containsExactly("70");
    // What is there moves on, and what was made of it is stale.
    own.file("b", ORDERS, row(80L, JUNE));
    assertThat(own.headwater("run", "orders", "--env", "prod")).as(own.said()).isZero();
    assertThat(own.headwater("run", "big", "--defer", "prod")).as(own.said()).isZero();
    assertThat(own.rows(TableRef.of("shop", "big"))).containsExactly("70", "80");
    // Once it is made here, it is read here.
    assertThat(own.headwater("run", "orders")).as(own.said()).isZero();
    assertThat(own.headwater("plan", "big", "--defer", "prod")).isZero();
    assertThat(own.said()).contains("new table shop.orders").doesNotContain("from prod");
    // Read as it is there, though it is declared otherwise here.
    own.yaml(
        YAML.replace("{from: files, time: at}", "{from: files, time: at, partition: amount}")
            .replace("amount > 50", "amount > 65"));
    assertThat(own.headwater("plan", "big", "--env", "stage", "--defer", "prod")).isZero();
    assertThat(own.said()).contains("reads orders (there: partition changed) from prod");
  }

  @Test
  void placesThatCanNotBeReadAreToldOf() {
    assertThat(shop.headwater("run", "--defer", "prd")).isEqualTo(2);
    assertThat(shop.said()).contains("There is no environment 'prd'").contains("'prod'?");
    assertThat(shop.headwater("run", "--defer", "prod", "--env", "prod")).isEqualTo(2);
    assertThat(shop.said()).contains("--defer prod in prod: a place reads its own anyway.");
    assertThat(shop.headwater("run", "--defer", "stage", "--env", "prod")).isEqualTo(5);
    assertThat(shop.said()).contains("There is no database ").contains("stage/catalog.db to read.");
    assertThat(Files.exists(shop.folder().resolve(".headwater/environments/stage/catalog.db")))
        .isFalse();
  }

  @Test
  void aProtectedPlacesModelsAreMovedOnlyByName() {
    for (String[] verb : new String[][] {{"promote", "late@1"}, {"rollback", "late"}}) {
      assertThat(shop.headwater("model", verb[0], verb[1], "--env", "prod")).isEqualTo(4);
      assertThat(shop.said()).contains("environment prod is protected.");
    }
    assertThat(shop.headwater("model", "promote", "late@1", "--env=prod", "--confirm=prod"))
        .as(shop.said())
        .isZero();
    assertThat(shop.headwater("table", "show", "orders", "--env", "prod")).isZero();
    assertThat(shop.said()).containsPattern("environment +prod");
  }

  private static String state() throws Exception {
    Path home = shop.folder().resolve(".headwater/environments/prod");
    List<String> all = new ArrayList<>();
    try (TableCatalog prod = TableCatalog.open(CatalogConfig.embedded(home));
        Connection registry = DriverManager.getConnection("jdbc:sqlite:" + home + "/catalog.db");
        Statement statement = registry.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet names =
          statement.executeQuery("SELECT name FROM sqlite_master WHERE type = 'table'")) {
        while (names.next()) {
          tables.add(names.getString(1));
        }
      }
      assertThat(tables).contains("iceberg_tables", "headwater_runs", "headwater_journal");
      for (String table : tables) {
        try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
          while (rows.next()) {
            StringBuilder line = new StringBuilder(table);
            for (int c = 1; c <= rows.getMetaData().getColumnCount(); c++) {
              line.append('|').append(rows.getString(c));
            }
            all.add(line.toString());
          }
        }
      }
      assertThat(prod.list("shop")).isNotEmpty();
    }
    all.sort(null);
    return String.join("\n", all);
  }

  private static String events() throws Exception {
    StringBuilder all = new StringBuilder();
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:sqlite:" + shop.folder().resolve(".headwater/catalog.db"));
        ResultSet events =
            connection.createStatement().executeQuery("SELECT payload FROM headwater_journal")) {
      while (events.next()) {
        all.append(events.getString(1));
      }
    }
    return all.toString();
  }
}

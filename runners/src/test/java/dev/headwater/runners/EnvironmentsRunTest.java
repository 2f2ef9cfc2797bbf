package dev.headwater.runners;

import static dev.headwater.runners.TestProject.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same project in two environments, as its users see it. */
final class EnvironmentsRunTest {
  private static final Schema ORDERS =
      new Schema(Types.NestedField.optional(1, "amount", Types.LongType.get()));

  private static final String YAML =
      """
      project: shop
      environments:
        prod: {protected: true}
        closed: {protected: [nobody]}
      sources: {files: data/*.parquet}
      tables:
        orders: {from: files}
      """;

  @SuppressWarnings("NullAway.Init")
  private static TestProject shop;

  @BeforeAll
  static void runInProd(@TempDir Path folder) throws IOException {
    shop = new TestProject(folder);
    shop.yaml(YAML);
    shop.file("a", ORDERS, row(1L), row(2L));
    assertThat(shop.headwater("run", "--env", "prod")).as(shop.said()).isZero();
  }

  @Test
  void eachHasTablesAndRunsOfItsOwn() {
    assertThat(shop.headwater("plan", "--env", "prod", "--check")).isZero();
    assertThat(shop.said()).startsWith("shop · prod · DirectRunner");
    assertThat(shop.headwater("plan", "--check")).isEqualTo(10);
    assertThat(shop.said()).startsWith("shop · dev · DirectRunner").contains("it never ran");
    assertThat(shop.headwater("runs", "--env", "prod")).isZero();
    assertThat(shop.said()).startsWith("shop · prod\n").contains("table/orders");
    String id = shop.said().lines().filter(l -> l.contains("table/orders")).findFirst().orElse("");
    assertThat(shop.headwater("runs", "show", id.strip().replaceFirst(" .*", ""), "--env=prod"))
        .isZero();
    assertThat(shop.said()).contains("environment  prod");
    assertThat(Files.exists(shop.folder().resolve(".headwater/environments/prod/catalog.db")))
        .isTrue();
  }

  @Test
  void itsEventsAreOfJobsOfItsOwn() throws Exception {
    String database =
        "jdbc:sqlite:" + shop.folder().resolve(".headwater/environments/prod/catalog.db");
    try (Connection connection = DriverManager.getConnection(database);
        ResultSet events =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT payload FROM headwater_journal WHERE payload LIKE '%ingest%'")) {
      assertThat(events.next()).isTrue();
      assertThat(events.getString(1))
          .contains("\"namespace\":\"shop.prod\",\"name\":\"shop.ingest.orders\"");
    }
  }

  @Test
  void whatIsProtectedMustBeConfirmedByName() {
    List<String[]> verbs =
        List.of(
            new String[] {"run", "--force"},
            new String[] {"table", "delete", "orders", "--where", "amount > 1", "--yes"},
            new String[] {"table", "rollback", "orders@snapshot:1", "--yes"},
            new String[] {"table", "expire", "orders", "--yes"},
            new String[] {"table", "orphans", "orders", "--yes"},
            new String[] {"backfill", "orders", "--from=2001-06-01", "--to=2001-06-02"},
            new String[] {"letters", "orders", "replay"},
            new String[] {"plan", "--claim", "--reason=it has moved"},
            new String[] {"job", "cancel", "a", "--cluster=localhost:1"},
            new String[] {"job", "stop", "a", "--cluster=localhost:1"},
            new String[] {"job", "resume", "a", "--cluster=localhost:1"},
            new String[] {"job", "rescale", "a", "2", "--cluster=localhost:1"});
    for (String[] verb : verbs) {
      assertThat(shop.headwater(with(verb, "--env", "prod")))
          .as(String.join(" ", verb))
          .isEqualTo(4);
      assertThat(shop.said())
          .contains("environment prod is protected.\nFix: say --confirm prod if you mean it.");
      assertThat(shop.headwater(with(verb, "--env", "prod", "--confirm", "staging"))).isEqualTo(4);
      assertThat(shop.said()).contains("it is confirmed for staging, but this is prod");
    }
    assertThat(shop.headwater("table", "expire", "orders", "--dry-run", "--env", "prod")).isZero();
    // It need not be said twice.
    assertThat(shop.headwater("table", "expire", "orders", "--env", "prod", "--confirm", "prod"))
        .as(shop.said())
        .isZero();
    assertThat(shop.headwater("run", "--force", "--env=closed", "--confirm=closed")).isEqualTo(4);
    assertThat(shop.said()).contains("environment closed lets only nobody do this, not ");
  }

  @Test
  void oneThatIsNotThereIsWrongUse() {
    assertThat(shop.headwater("run", "--env", "prd")).isEqualTo(2);
    assertThat(shop.said())
        .contains("There is no environment 'prd' in headwater.yaml. Did you mean 'prod'?")
        .contains("There are closed, dev, prod.");
  }

  @Test
  void whatIsThereCanBeAcceptedAsItIs(@TempDir Path folder) throws IOException {
    TestProject own = new TestProject(folder);
    own.yaml(YAML);
    own.file("a", ORDERS, row(1L));
    assertThat(own.headwater("plan", "--adopt", "orders", "--reason", "x")).isEqualTo(4);
    assertThat(own.said()).contains("it never ran, so there is nothing");
    assertThat(own.headwater("run")).as(own.said()).isZero();
    own.yaml(YAML.replace("{from: files}", "{from: files, partition: amount}"));
    assertThat(own.headwater("plan", "--check")).isEqualTo(10);
    assertThat(own.headwater("plan", "--adopt", "orders")).isEqualTo(2);
    assertThat(own.said()).contains("--reason");
    own.file("b", ORDERS, row(2L));
    assertThat(own.headwater("plan", "--adopt", "orders", "--reason", "one file only")).isZero();
    assertThat(own.said())
        .contains("table/orders is accepted as it is: partition changed.")
        .contains("It will run all the same: new file data/b.parquet.");
    Files.delete(folder.resolve("data/b.parquet"));
    assertThat(own.headwater("plan", "--check")).as(own.said()).isZero();
    own.headwater("runs", "orders");
    String id = own.said().lines().filter(l -> l.contains("table/orders")).findFirst().orElse("");
    own.headwater("runs", "show", id.strip().replaceFirst(" .*", ""));
    assertThat(own.said()).contains("accepted 20").contains(": one file only");
    assertThat(own.headwater("plan", "--adopt", "orders", "--reason", "x")).isZero();
    assertThat(own.said()).contains("there is nothing to accept");
    own.headwater("run", "--env", "prod");
    assertThat(own.headwater("plan", "--adopt", "orders", "--reason", "x", "--env", "prod"))
        .isEqualTo(4);
  }

  private static String[] with(String[] verb, String... more) {
    return Stream.of(verb, more).flatMap(Arrays::stream).toArray(String[]::new);
  }
}

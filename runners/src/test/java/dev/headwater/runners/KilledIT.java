package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command killed while it tries letters again or reads a range again, before and behind each of
 * its commits, and then simply given once more; on a table in another catalog.
 */
final class KilledIT {
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  private TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder.resolve("p"));
  }

  private void declare(String at, String more) throws IOException {
    project.yaml(
        """
        project: shop
        catalogs:
          lake: {catalog-impl: %s, uri: "jdbc:sqlite:%s", warehouse: %s, access: write}
        sources:
          in: {files: "data/*.csv", columns: {id: long, at: %s, n: long}}
        tables:
          orders: {from: in, catalog: lake, time: at, write: append%s}
        """
            .formatted(
                PausedCatalog.class.getName(),
                folder.resolve("lake.db"),
                folder.resolve("lake").toUri(),
                at,
                more));
  }

  private void file(String name, String text) throws IOException {
    Files.writeString(project.folder().resolve("data").resolve(name), "id,at,n\n" + text);
  }

  private void runs(String... verb) {
    assertThat(project.headwater(verb)).as(project.said()).isZero();
  }

  private TableCatalog lake() {
    return TableCatalog.open(
        new CatalogConfig(
            "lake",
            Map.of(
                "uri",
                "jdbc:sqlite:" + folder.resolve("lake.db"),
                "warehouse",
                folder.resolve("lake").toUri().toString())));
  }

  private List<String> ids() throws IOException {
    TableRef ref = new TableRef("lake", "shop", "orders");
    try (TableCatalog catalog = lake()) {
      return TestProject.rows(catalog.load(ref), ref).stream()
          .map(row -> row.substring(0, row.indexOf(' ')))
          .toList();
    }
  }

  @Test
  void lettersAreInTheTableOnceWheneverTheirReplayIsKilled() throws Exception {
    declare("timestamp", "");
    for (String name : List.of("a", "b", "c")) {
      int id = name.charAt(0) - 'a';
      file(name + ".csv", id + ",2001-01-01T00:00:00,1\n" + (id + 5) + ",01.01.2001,2\n");
    }
    runs("run");
    declare("{type: timestamp, format: dd.MM.yyyy}", "");
    killed("before orders 1", "letters", "orders", "replay", "--source", "a.csv");
    assertThat(ids()).containsExactly("0", "1", "2");
    runs("letters", "orders", "replay", "--source", "a.csv");
    assertThat(ids()).containsExactly("0", "1", "2", "5");
    killed("after orders 1", "letters", "orders", "replay", "--source", "b.csv");
    assertThat(ids()).containsExactly("0", "1", "2", "5", "6");
    runs("letters", "orders", "replay", "--source", "b.csv");
    assertThat(ids()).containsExactly("0", "1", "2", "5", "6");
    runs("letters", "orders", "replay");
    assertThat(ids()).containsExactly("0", "1", "2", "5", "6", "7");
    runs("letters", "orders", "-o", "json");
    assertThat(project.said()).contains("\"letters\" : 0");
  }

  @Test
  void aRangeIsThereOnceWheneverItsBackfillIsKilled() throws Exception {
    declare("timestamp", "");
    file("a.csv", "1,2001-01-01T00:00:00,1\n2,2001-01-02T00:00:00,2\n3,x,3\n");
    runs("run");
    declare("timestamp", ", contract: orders.yaml");
    Files.writeString(project.folder().resolve("orders.yaml"), "columns:\n  n: {min: 2}\n");
    String[] first = {"backfill", "orders", "--from", "2001-01-01", "--to", "2001-01-02"};
    killed("before orders 1", first);
    assertThat(ids()).containsExactly("1", "2");
    runs(first);
    assertThat(ids()).containsExactly("2");
    runs("letters", "orders", "-o", "json");
    assertThat(project.said()).contains("\"letters\" : 2");

    Files.writeString(project.folder().resolve("orders.yaml"), "columns:\n  n: {min: 1}\n");
    killed("after orders 1", first);
    assertThat(ids()).containsExactly("1", "2");
    runs("letters", "orders", "replay");
    assertThat(project.said()).contains("0 are in the table now, 1 stay letters");
    runs(first);
    assertThat(ids()).containsExactly("1", "2");
    runs("letters", "orders", "-o", "json");
    assertThat(project.said()).contains("\"letters\" : 1");
  }

  private void killed(String at, String... verb) throws Exception {
    TwoMachinesIT.killed(project, at, verb);
  }
}

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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One project on two machines, each with its own runs, one folder of files and one catalog: what
 * both begin at once is in the table once, and among its letters.
 */
final class TwoMachinesIT {
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  private TestProject here;
  private TestProject there;

  @BeforeEach
  void projects() throws IOException {
    here = new TestProject(folder.resolve("here"));
    there = new TestProject(folder.resolve("there"));
    Files.createDirectories(folder.resolve("in"));
  }

  private void declare(String table) throws IOException {
    String yaml =
        """
        project: shop
        catalogs:
          shared: {catalog-impl: %s, uri: "jdbc:sqlite:%s", warehouse: %s, access: write}
        sources:
          in: {files: "%s/*.csv", columns: {id: long, at: timestamp, n: long}}
        tables:
          orders: {from: in, catalog: shared, time: at, %s}
        """
            .formatted(
                PausedCatalog.class.getName(),
                folder.resolve("catalog.db"),
                folder.resolve("tables").toUri(),
                folder.resolve("in"),
                table);
    here.yaml(yaml);
    there.yaml(yaml);
  }

  private void file(String name, String... rows) throws IOException {
    Files.writeString(
        folder.resolve("in").resolve(name), "id,at,n\n" + String.join("\n", rows) + "\n");
  }

  private static void runs(TestProject project, String... verb) {
    assertThat(project.headwater(verb)).as(project.said()).isZero();
  }

  private void thereAtOnce(String... verb) {
    PausedCatalog.once("orders", () -> runs(there, verb));
  }

  private TableCatalog catalog() {
    return TableCatalog.open(
        new CatalogConfig(
            "shared",
            Map.of(
                "uri",
                "jdbc:sqlite:" + folder.resolve("catalog.db"),
                "warehouse",
                folder.resolve("tables").toUri().toString())));
  }

  private List<String> ids(String table) throws IOException {
    TableRef ref = new TableRef("shared", "shop", table);
    try (TableCatalog catalog = catalog()) {
      return TestProject.rows(catalog.load(ref), ref).stream()
          .map(row -> row.substring(0, row.indexOf(' ')))
          .toList();
    }
  }

  private long letters() throws IOException {
    return ids("orders__letters").size();
  }

  @Test
  void filesThatBothAppendAreThereOnceWithTheirLetters() throws IOException {
    declare("write: append");
    file("a.csv", "1,2001-01-01T00:00:00,1", "2,x,2");
    thereAtOnce("run");
    // The table is made by the other one while this one makes it.
    runs(here, "run");
    assertThat(there.said()).contains("1 kept, 1 letters");
    assertThat(here.said()).contains("no rows");
    assertThat(ids("orders")).containsExactly("1");
    assertThat(letters()).isOne();

    file("b.csv", "3,2001-01-01T00:00:00,3", "4,y,4");
    thereAtOnce("run");
    file("c.csv", "5,2001-01-01T00:00:00,5", "6,z,6");
    runs(here, "run");
    assertThat(ids("orders")).containsExactly("1", "3", "5");
    assertThat(letters()).isEqualTo(3);
    runs(there, "run");
    runs(here, "plan", "--check");
    runs(there, "plan", "--check");
    assertThat(ids("orders")).containsExactly("1", "3", "5");
  }

  @Test
  void aMirrorHoldsItsFilesWhicheverOfBothCommitsLast() throws IOException {
    declare("partition: day(at)");
    file("a.csv", "1,2001-01-01T00:00:00,1");
    runs(here, "run");
    file("b.csv", "2,2001-01-01T00:00:00,2", "3,x,3");
    thereAtOnce("run");
    runs(here, "run");
    assertThat(ids("orders")).containsExactly("1", "2");
    assertThat(letters()).isOne();
  }

  @Test
  void lettersAreThereOnceWhoeverFinishesWhatWasKilledBeforeThem() throws Exception {
    declare("write: append");
    file("a.csv", "1,2001-01-01T00:00:00,1", "2,x,2");
    runs(here, "run");
    file("b.csv", "3,2001-01-01T00:00:00,3", "4,x,4");
    killed(here, "before orders 1", "run");
    assertThat(letters()).as("none of what is not in the table").isOne();
    killed(here, "after orders 1", "run");
    assertThat(ids("orders")).containsExactly("1", "3");
    assertThat(letters()).isOne();
    file("c.csv", "5,2001-01-01T00:00:00,5", "6,x,6");
    runs(there, "run");
    assertThat(ids("orders")).containsExactly("1", "3", "5");
    assertThat(letters()).isEqualTo(3);
    runs(here, "run");
    assertThat(ids("orders")).containsExactly("1", "3", "5");
    assertThat(letters()).isEqualTo(3);
  }

  @Test
  void lettersOfAllThatIsReplacedAreReplacedOnceWhenTheirRunWasKilled() throws Exception {
    declare("write: replace");
    file("a.csv", "1,2001-01-01T00:00:00,1", "2,x,2");
    runs(here, "run");
    file("b.csv", "3,2001-01-01T00:00:00,3", "4,x,4");
    killed(here, "after orders 1", "run");
    assertThat(ids("orders")).containsExactly("1", "3");
    assertThat(letters()).isOne();
    runs(here, "run");
    assertThat(ids("orders")).containsExactly("1", "3");
    assertThat(letters()).as("both files' new ones, not the old one too").isEqualTo(2);
  }

  @Test
  void aBackfillKeepsRowsThatCameMeanwhile() throws IOException {
    declare("write: append");
    file("a.csv", "1,2001-01-01T00:00:00,1", "2,2001-02-01T00:00:00,2", "3,x,3");
    runs(here, "run");
    file("b.csv", "4,2001-01-01T00:00:00,4", "5,y,5");
    thereAtOnce("run");
    runs(here, "backfill", "orders", "--from", "2001-01-01", "--to", "2001-01-02");
    assertThat(ids("orders")).containsExactly("1", "2", "4");
    runs(here, "letters", "orders", "-o", "json");
    assertThat(here.said()).contains("\"letters\" : 2");
  }

  @Test
  void aRangeHasRowsOnceThatCameFromLettersMeanwhile() throws IOException {
    declare("write: append, contract: rules.yaml");
    for (TestProject each : List.of(here, there)) {
      Files.writeString(each.folder().resolve("rules.yaml"), "columns:\n  n: {max: 1}\n");
    }
    file("a.csv", "1,2001-01-01T00:00:00,1", "2,2001-01-01T00:00:00,2");
    runs(here, "run");
    for (TestProject each : List.of(here, there)) {
      Files.writeString(each.folder().resolve("rules.yaml"), "columns:\n  n: {max: 2}\n");
    }
    thereAtOnce("letters", "orders", "replay");
    runs(here, "backfill", "orders", "--from", "2001-01-01", "--to", "2001-01-02");
    assertThat(there.said()).contains("1 are in the table now, 0 stay letters");
    assertThat(ids("orders")).containsExactly("1", "2");
  }

  @Test
  void lettersThatBothReplayAreInTheTableOnce() throws IOException {
    declare("write: append");
    file("a.csv", "1,2001-01-01T00:00:00,1", "2,02.01.2001,2");
    runs(here, "run");
    for (TestProject each : List.of(here, there)) {
      Path yaml = each.folder().resolve("headwater.yaml");
      Files.writeString(
          yaml,
          Files.readString(yaml)
              .replace("at: timestamp,", "at: {type: timestamp, format: dd.MM.yyyy},"));
    }
    thereAtOnce("letters", "orders", "replay");
    runs(here, "letters", "orders", "replay");
    assertThat(there.said()).contains("1 are in the table now, 0 stay letters");
    assertThat(ids("orders")).containsExactly("1", "2");
    assertThat(letters()).isOne();
  }

  /** Runs the command in a process of its own, and kills that at a commit. */
  static void killed(TestProject project, String at, String... verb) throws Exception {
    List<String> arguments = new java.util.ArrayList<>(List.of(verb));
    arguments.addAll(List.of("-C", project.folder().toString()));
    killed(project.folder(), at, Headwater.class, arguments);
  }

  /** The same of any program. */
  static void killed(Path folder, String at, Class<?> program, List<String> arguments)
      throws Exception {
    Path there = folder.resolve("paused");
    Files.deleteIfExists(there);
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-D" + PausedCatalog.AT + "=" + at + " " + there,
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    command.addAll(arguments);
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
      while (!Files.exists(there) && process.isAlive() && System.nanoTime() < until) {
        Thread.sleep(20);
      }
      assertThat(Files.exists(there)).as("came to: " + at + "\n" + Files.readString(said)).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}

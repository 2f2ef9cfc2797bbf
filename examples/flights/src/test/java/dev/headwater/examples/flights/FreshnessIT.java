package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** One project's life: after each change exactly what is stale runs. Each step needs the last. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FreshnessIT {
  private static final String[] ALL = {
    "flights", "airport_delays", "nation_delays", "late", "late_scores", "late_drift"
  };

  private static Path folder;
  private static SmallFlights flights;

  @BeforeAll
  static void project(@TempDir Path made) {
    folder = made;
    flights = SmallFlights.empty(folder).flights("a.parquet", SmallFlights.FEW);
  }

  @Test
  @Order(1)
  void theFirstRunMakesEverything() {
    SmallFlights.Ran ran = flights.run();
    assertThat(ran.done()).containsExactlyInAnyOrder(ALL);
    assertThat(ran.why().values()).containsOnly("it never ran");
    flights.agreesWithFiles();
    assertThat(flights.rows("flights__letters")).isNotEmpty();
    assertThat(flights.rows("late_scores"))
        .hasSize((int) flights.inFiles(SmallFlights.KEPT + " and date >= '2001-06-01'"));
  }

  @Test
  @Order(2)
  void theSecondRunFindsAllFreshAndLeavesNoTrace() {
    nothingRuns();
  }

  @Test
  @Order(3)
  void commentsAndTheOrderOfKeysChangeNothing() {
    flights.yaml(
        "# What a comment says doesn't count.\n"
            + SmallFlights.YAML.replace(
                "    network: {mlp: [16]}\n    training: {device: cpu, epochs: 1}\n",
                "    training: {epochs: 1, device: cpu}\n    network: {mlp: [16]}  # small\n"));
    flights.contract(
        "# And none in a contract.\n"
            + SmallFlights.CONTRACT.replace("min: -100, max: 1500", "max: 1500, min: -100"));
    nothingRuns();
  }

  @Test
  @Order(4)
  void aNewFileIsAppendedAndWhatFollowsRuns() {
    Long first = flights.snapshots().get("flights");
    flights.flights("b.parquet", "file_row_number % 400 = 1 or delay < -300");
    SmallFlights.Ran ran = flights.run();
    assertThat(ran.done()).containsExactlyInAnyOrder(ALL);
    assertThat(ran.why().get("flights")).isEqualTo("new file data/b.parquet");
    assertThat(ran.why().get("airport_delays")).startsWith("flights moved from ");
    assertThat(ran.why().get("late_drift")).contains("late@2 instead of @1");
    flights.agreesWithFiles();
    Map<String, String> summary =
        flights.catalog(
            c -> {
              var now = c.load(flights.ref("flights")).currentSnapshot();
              assertThat(now.parentId()).isEqualTo(first);
              assertThat(now.operation()).isEqualTo("append");
              return now.summary();
            });
    assertThat(summary.get("headwater.rows-in")).isEqualTo(Integer.toString(rowsOf("b.parquet")));
  }

  @Test
  @Order(5)
  void anotherContractReplacesTheTableAndItsLetters() {
    flights.contract(SmallFlights.CONTRACT.replace("max: 1500", "max: 300"));
    SmallFlights.Ran ran = flights.run();
    assertThat(ran.done()).containsExactlyInAnyOrder(ALL);
    assertThat(ran.why().get("flights")).isEqualTo("contract changed");
    assertThat(flights.rows("flights"))
        .hasSize((int) flights.inFiles(SmallFlights.KEPT + " and delay <= 300"));
    assertThat(flights.rows("flights__letters"))
        .hasSize((int) flights.inFiles("not (" + SmallFlights.KEPT + " and delay <= 300)"));

    flights.contract("columns: {distance: {min: 0}}\n");
    flights.run();
    assertThat(flights.rows("flights")).hasSize((int) flights.inFiles("true"));
    assertThat(flights.rows("flights__letters")).isEmpty();

    flights.contract(SmallFlights.CONTRACT);
    flights.run();
    flights.agreesWithFiles();
  }

  @Test
  @Order(6)
  void aViewsWindowChangesTheViewAndWhatReadsIt() {
    flights.yaml(SmallFlights.YAML.replaceFirst("windows: \\[3h, 24h\\]", "windows: [3h, 12h]"));
    SmallFlights.Ran ran = flights.run();
    assertThat(ran.done()).containsExactly("airport_delays", "late", "late_scores", "late_drift");
    assertThat(ran.why().get("airport_delays")).isEqualTo("windows changed");
    assertThat(flights.rows("airport_delays").get(0))
        .containsKey("mean_delay_12h")
        .doesNotContainKey("mean_delay_24h");
  }

  @Test
  @Order(7)
  void aNetworkChangesTheModelAndWhatReadsIt() {
    flights.yaml(SmallFlights.YAML.replace("mlp: [16]", "mlp: [8]"));
    SmallFlights.Ran back = flights.run();
    assertThat(back.done()).containsExactly("airport_delays", "late", "late_scores", "late_drift");
    flights.yaml(SmallFlights.YAML.replace("mlp: [16]", "mlp: [12]"));
    SmallFlights.Ran ran = flights.run();
    assertThat(ran.done()).containsExactly("late", "late_scores", "late_drift");
    assertThat(ran.why().get("late")).isEqualTo("network changed");
  }

  @Test
  @Order(8)
  void aChangedFileAndAGoneOneReplaceTheTable() throws IOException {
    flights.flights("b.parquet", "file_row_number % 400 = 2");
    SmallFlights.Ran changed = flights.run();
    assertThat(changed.why().get("flights")).isEqualTo("file data/b.parquet changed");
    flights.agreesWithFiles();

    Files.delete(folder.resolve("data/b.parquet"));
    SmallFlights.Ran gone = flights.run();
    assertThat(gone.why().get("flights")).isEqualTo("file data/b.parquet is gone");
    flights.agreesWithFiles();
  }

  @Test
  @Order(9)
  void aNewFilesNewColumnComesToTheTable() {
    int before = flights.rows("flights").size();
    flights.select(
        "c.parquet",
        "select *, 'AA' || (delay % 7) as carrier from read_parquet('"
            + folder.resolve("data/a.parquet")
            + "') where "
            + SmallFlights.KEPT
            + " limit 1000");
    SmallFlights.Ran ran = flights.run();
    assertThat(ran.why().get("flights")).isEqualTo("new file data/c.parquet");
    flights.agreesWithFiles();
    assertThat(flights.rows("flights").stream().filter(r -> r.get("carrier") == null))
        .hasSize(before);
  }

  @Test
  @Order(10)
  void atTheEndAllIsFresh() {
    nothingRuns();
  }

  private static void nothingRuns() {
    Map<String, Long> snapshots = flights.snapshots();
    int runs = flights.runs();
    SmallFlights.Ran ran = flights.run();
    assertThat(ran.report().fresh()).isTrue();
    assertThat(ran.why()).isEmpty();
    assertThat(flights.snapshots()).isEqualTo(snapshots);
    assertThat(flights.runs()).isEqualTo(runs);
  }

  private static int rowsOf(String file) {
    return (int) flights.inFiles("filename like '%" + file + "'");
  }
}

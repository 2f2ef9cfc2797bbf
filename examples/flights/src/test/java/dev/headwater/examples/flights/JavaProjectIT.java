package dev.headwater.examples.flights;

import static dev.headwater.pipelines.project.Partition.month;
import static dev.headwater.pipelines.project.Splits.by;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.model.ModelFolder;
import dev.headwater.model.NetworkSpec;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Files;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Training;
import dev.headwater.runners.EngineLaunchers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project in Java with a transform and a network of the user's, on both runners. */
final class JavaProjectIT {
  private static final String SLICE =
      "file_row_number % 200 = 0 or delay < -100 or delay > 1500 or date >= '2001-07-01'";

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  private static Project project(Path folder) {
    var p = Project.named("flights").in(folder);
    var flights =
        p.table("flights", Files.parquet("data/*.parquet"))
            .time("date")
            .partition(month("date"))
            .contract("contracts/flights.yaml")
            .apply("Enrich", new Enrich());
    var delays =
        p.features("airport_delays", flights)
            .key("origin")
            .known("date + interval '6' hour")
            .windows("3h", "24h", "7d")
            .value("mean_delay", "avg(delay)");
    var late =
        p.model("late", flights)
            .input("origin", delays.on("origin"))
            .input("distance", "distance")
            .input("haul", "haul")
            .label("delay > 15")
            .split(by("date").trainUntil("2001-05-01").holdoutUntil("2001-06-01"))
            .network(in -> new MyBlock(in))
            .training(new Training(42, 1, 4096, 0.003, 0.1, "cpu"))
            .gate("auc > 0.5");
    p.score("late_scores", late.champion(), flights);
    return p.build();
  }

  @Test
  void runsOnBothRunnersWithTheSameTablesAndTheSameModel() {
    SmallFlights direct = flights(folder.resolve("direct"));
    RunReport report = run(direct, "direct");
    accountsForEveryRow(direct, report);
    builtByTheLambda(direct);
    RunReport again = run(direct, "direct");
    assertThat(again.fresh()).isTrue();

    SmallFlights flink = flights(folder.resolve("flink"));
    run(flink, "flink");
    for (String table : List.of("flights", "flights__letters", "airport_delays", "late_scores")) {
      assertThat(multiset(flink, table)).as(table).isEqualTo(multiset(direct, table));
    }
    assertThat(digests(flink)).contains("\"data\"", "\"weights\"").isEqualTo(digests(direct));
  }

  private static SmallFlights flights(Path in) {
    return SmallFlights.empty(in).flights("a.parquet", SLICE);
  }

  private static RunReport run(SmallFlights flights, String runner) {
    Project project = project(flights.folder());
    LaunchOptions options = new LaunchOptions(runner, List.of());
    try (Launcher launcher = new EngineLaunchers().open(project, options)) {
      RunReport report = launcher.run(project.targets(), false, event -> {});
      for (StageResult stage : report.stages()) {
        if (stage.failure() != null) {
          throw new AssertionError(stage.target() + " failed", stage.failure());
        }
      }
      return report;
    }
  }

  private static void accountsForEveryRow(SmallFlights flights, RunReport report) {
    long read = flights.inFiles("true");
    long round = flights.inFiles("origin = destination");
    long kept = flights.inFiles(SmallFlights.KEPT + " and origin <> destination");
    long made = read - round;
    StageResult ingest = report.stages().get(0);
    assertThat(ingest.rows()).isEqualTo(read);
    assertThat(ingest.note())
        .isEqualTo(
            String.format(
                Locale.ROOT, "%,d from Enrich, %,d kept, %,d letters", made, kept, made - kept));
    assertThat(ingest.facts())
        .containsEntry("rows_read", (double) read)
        .containsEntry("rows_in", (double) made)
        .containsEntry("rows_kept", (double) kept)
        .containsEntry("rows_letters", (double) (made - kept))
        .containsEntry("rows_filtered", 0.0);
    assertThat(flights.rows("flights")).hasSize((int) kept);
    assertThat(flights.rows("flights").stream().map(r -> r.get("haul")))
        .contains("short", "long")
        .doesNotContainNull();
    assertThat(flights.rows("flights__letters"))
        .isNotEmpty()
        .allSatisfy(
            l -> assertThat(l).containsEntry("source", "Enrich").containsEntry("position", -1L));
  }

  private static void builtByTheLambda(SmallFlights flights) {
    String location =
        flights.registry(r -> r.models().find("flights", "late", 1).orElseThrow().location());
    NetworkSpec network = ModelFolder.open(Path.of(location)).description().spec().network();
    assertThat(((NetworkSpec.Custom) network).java())
        .startsWith(JavaProjectIT.class.getName() + "::lambda$project$");
  }

  private static String digests(SmallFlights flights) {
    return flights.registry(r -> r.models().find("flights", "late", 1).orElseThrow().detail());
  }

  private static Map<Map<String, Object>, Integer> multiset(SmallFlights flights, String table) {
    Map<Map<String, Object>, Integer> rows = new HashMap<>();
    for (Map<String, Object> row : flights.rows(table)) {
      List.of("run", "at", "id").forEach(row::remove);
      rows.merge(row, 1, Integer::sum);
    }
    return rows;
  }
}

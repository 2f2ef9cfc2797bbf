package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same project on every runner, and on a cluster whose processes die, with PostgreSQL as its
 * catalog: all values and all digests are equal, bit by bit.
 */
final class RunnersAgreeIT {
  /**
   * At so many moments of each stage the workers are killed, and the JobManager as often; none: the
   * workers once, in one stage by chance.
   */
  private static final int MOMENTS = Integer.getInteger("headwater.moments", 0);

  private static final long SEED = Long.getLong("headwater.kill.seed", System.nanoTime());
  private static final int USUAL_MILLIS = 2_000;

  /** What a run is known by differs from run to run. */
  private static final List<String> OF_THE_RUN = List.of("run", "at", "source", "id");

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @Test
  void allMakeTheSameTablesAndTheSameModel() {
    SmallFlights direct = two(folder.resolve("direct"));
    direct.run(new LaunchOptions("direct", List.of("--targetParallelism=1")));
    SmallFlights wide = two(folder.resolve("wide"));
    wide.run(new LaunchOptions("direct", List.of("--targetParallelism=5")));
    agrees(direct, wide);
    SmallFlights flink = two(folder.resolve("flink"));
    flink.run(new LaunchOptions("flink", List.of("--parallelism=2")));
    agrees(direct, flink);

    Random random = new Random(SEED);
    List<Target> targets = direct.project().targets();
    if (MOMENTS == 0) {
      Target one = targets.get(random.nextInt(targets.size()));
      SmallFlights cluster = onPostgres("cluster");
      killed(cluster, Map.of(one, random.nextInt(USUAL_MILLIS)), false);
      agrees(direct, cluster);
      return;
    }
    SmallFlights whole = onPostgres("whole");
    try (Command run = ClusterIT.run(whole, FlinkCluster.shared())) {
      assertThat(run.status()).as(run.output()).isZero();
    }
    for (int moment = 0; moment < MOMENTS; moment++) {
      for (boolean master : new boolean[] {false, true}) {
        Map<Target, Integer> delays = new LinkedHashMap<>();
        for (Target target : targets) {
          double part = (moment + random.nextDouble()) / MOMENTS;
          delays.put(target, (int) (part * millis(whole, target)));
        }
        SmallFlights cluster = onPostgres((master ? "master" : "workers") + moment);
        killed(cluster, delays, master);
        agrees(direct, cluster);
      }
    }
  }

  /** How long a target's run took. */
  private static long millis(SmallFlights flights, Target target) {
    Run run =
        flights.registry(r -> r.runs().lastSucceeded("flights", target.toString()).orElseThrow());
    return Duration.between(run.started(), Objects.requireNonNull(run.ended())).toMillis();
  }

  private SmallFlights onPostgres(String name) {
    return two(folder.resolve(name)).yaml(SmallFlights.YAML + Postgres.catalog());
  }

  /**
   * Brings it up to date on the cluster, while something dies once in each of these stages.
   *
   * @param delays milliseconds from a stage's beginning, in the stages' order
   */
  private static void killed(SmallFlights flights, Map<Target, Integer> delays, boolean master) {
    FlinkCluster cluster = FlinkCluster.shared();
    List<String> killed = new ArrayList<>();
    Command run = ClusterIT.run(flights, cluster);
    try {
      for (Map.Entry<Target, Integer> each : delays.entrySet()) {
        Target target = each.getKey();
        while (!KilledRunIT.begun(flights, target)) {
          if (run.ended(20)) {
            run = again(run, flights, cluster, killed);
          }
        }
        int delay = each.getValue();
        boolean late = run.ended(delay);
        killed.add("%s after %d ms%s".formatted(target, delay, late ? ", it was over" : ""));
        if (master) {
          cluster.replaceMaster();
        } else {
          cluster.replaceWorkers();
        }
      }
      while (run.status() != 0) {
        run = again(run, flights, cluster, killed);
      }
    } finally {
      run.close();
    }
    System.err.println("killed " + (master ? "the JobManager " : "the workers ") + killed);
    List<Run> runs = flights.registry(r -> r.runs().list("flights", 1000));
    assertThat(runs).noneMatch(r -> r.status() == Run.Status.OPEN);
    try (Command fresh = ClusterIT.run(flights, cluster)) {
      assertThat(fresh.status()).as(fresh.output()).isZero();
      assertThat(fresh.output()).contains("fresh").doesNotContain("it never ran");
    }
  }

  private static Command again(
      Command run, SmallFlights flights, FlinkCluster cluster, List<String> killed) {
    try (run) {
      assertThat(run.status()).as("seed %d, %s: %s", SEED, killed, run.output()).isEqualTo(5);
      assertThat(run.output()).contains("Fix: ");
    }
    cluster.awaitWorkers(2);
    return ClusterIT.run(flights, cluster);
  }

  private static void agrees(SmallFlights expected, SmallFlights actual) {
    for (String table :
        List.of(
            "flights",
            "flights__letters",
            "airport_delays",
            "nation_delays",
            "late_scores",
            "late_drift")) {
      Map<Map<String, Object>, Integer> there = multiset(expected, table);
      assertThat(there).as(table).isNotEmpty();
      Map<Map<String, Object>, Integer> here = multiset(actual, table);
      assertThat(here.size()).as(table).isEqualTo(there.size());
      there.forEach((row, n) -> assertThat(here.get(row)).as("%s %s", table, row).isEqualTo(n));
    }
    assertThat(digests(actual)).contains("\"data\"", "\"weights\"").isEqualTo(digests(expected));
    List<ModelVersion> versions = actual.registry(r -> r.models().versions("flights", "late"));
    assertThat(versions).hasSize(1);
  }

  private static SmallFlights two(Path folder) {
    return SmallFlights.in(folder).flights("b.parquet", "file_row_number % 200 = 3");
  }

  private static String digests(SmallFlights flights) {
    return flights.registry(r -> r.models().find("flights", "late", 1).orElseThrow().detail());
  }

  /** Doubles are equal when their bits are. */
  private static Map<Map<String, Object>, Integer> multiset(SmallFlights flights, String table) {
    Map<Map<String, Object>, Integer> rows = new HashMap<>();
    for (Map<String, Object> row : flights.rows(table)) {
      OF_THE_RUN.forEach(row::remove);
      rows.merge(row, 1, Integer::sum);
    }
    return rows;
  }
}

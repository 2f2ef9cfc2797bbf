package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project over a Flink session cluster, parts of which SIGKILL ends. */
final class ClusterIT {
  /** More kills than these cost CI too much. */
  private static final int KILLS = Integer.getInteger("headwater.kills", 3);

  /** Each round kills so much later. */
  private static final long LATER_MILLIS = 300;

  private static final String INGEST =
      SmallFlights.YAML.substring(0, SmallFlights.YAML.indexOf("features:"));

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @Test
  void theWholeProject() {
    FlinkCluster cluster = FlinkCluster.shared();
    SmallFlights flights = SmallFlights.in(folder);
    try (Command run = run(flights, cluster)) {
      assertThat(run.status()).as(run.output()).isZero();
    }
    flights.agreesWithFiles();
    assertThat(flights.rows("late_scores"))
        .hasSize((int) flights.inFiles(SmallFlights.KEPT + " and date >= '2001-06-01'"));
    List<ModelVersion> versions = flights.registry(r -> r.models().versions("flights", "late"));
    assertThat(versions).hasSize(1);
    try (Command again = run(flights, cluster)) {
      assertThat(again.status()).as(again.output()).isZero();
      assertThat(again.output()).contains("fresh").doesNotContain("it never ran");
    }
  }

  @Test
  void whatWouldFailAgainIsTriedOnce() {
    FlinkCluster cluster = FlinkCluster.shared();
    SmallFlights flights =
        SmallFlights.empty(folder)
            .yaml(INGEST)
            .flights("a.parquet", SmallFlights.FORTIETH)
            .contract(SmallFlights.CONTRACT.replace("distance: {", "distance: {max: 0, "));
    try (Command run = run(flights, cluster)) {
      assertThat(run.status()).as(run.output()).isEqualTo(3);
      assertThat(run.output()).contains("contract");
    }
    List<String> jobs = new ArrayList<>(cluster.jobs("CANCELED"));
    jobs.addAll(cluster.jobs("FAILED"));
    assertThat(jobs).isNotEmpty();
    assertThat(
            cluster
                .get("/jobs/" + jobs.get(0) + "/exceptions")
                .path("exceptionHistory")
                .path("entries"))
        .hasSize(1);
  }

  @Test
  void aCommandThatIsEndedCancelsItsJob() {
    FlinkCluster cluster = FlinkCluster.shared();
    SmallFlights flights = SmallFlights.empty(folder).yaml(INGEST).numbered("a.parquet");
    try (Command run = run(flights, cluster)) {
      cluster.await("a job", () -> !cluster.jobs("RUNNING").isEmpty());
      String job = cluster.jobs("RUNNING").get(0);
      run.end();
      cluster.await("its end", () -> cluster.jobs("CANCELED").contains(job));
    }
  }

  @Test
  void whateverIsKilledEveryRowIsThereOnce() throws IOException {
    FlinkCluster cluster = FlinkCluster.shared();
    SmallFlights flights = SmallFlights.empty(folder).yaml(INGEST).numbered("a.parquet");
    for (int kill = 0; kill < KILLS; kill++) {
      Moment moment = Moment.values()[kill % Moment.values().length];
      long before = moment.files(folder);
      try (Command run = run(flights, cluster, "--force")) {
        cluster.await(moment + "\n" + run.output(), () -> moment.reached(cluster, folder, before));
        pause(kill / Moment.values().length * LATER_MILLIS);
        cluster.killWorker(1);
        cluster.killWorker(2);
        cluster.startWorker(1);
        cluster.startWorker(2);
        assertThat(run.status()).as("%s: %s %s", moment, run.output(), cluster.logs()).isZero();
      }
      System.err.println("killed " + moment);
      check(flights);
      cluster.awaitWorkers(2);
    }

    // The JobManager, and with it the job: the run stays open, and the next one finishes it.
    try (Command run = run(flights, cluster, "--force")) {
      cluster.await("a job", () -> !cluster.jobs("RUNNING").isEmpty());
      cluster.killMaster();
      cluster.startMaster();
      assertThat(run.status()).as(run.output()).isEqualTo(5);
      assertThat(run.output()).contains(cluster.address(), "Fix: ", "run again");
    }
    cluster.awaitWorkers(2);
    int runs = flights.runs();
    try (Command run = run(flights, cluster)) {
      assertThat(run.status()).as(run.output()).isZero();
    }
    assertThat(flights.runs()).as("the same run, finished").isEqualTo(runs);
    check(flights);

    // The command alone: its job goes on, and the next one waits for that.
    try (Command run = run(flights, cluster, "--force")) {
      cluster.await("a job", () -> !cluster.jobs("RUNNING").isEmpty());
      run.kill();
    }
    int jobs = cluster.get("/jobs/overview").path("jobs").size();
    try (Command run = run(flights, cluster)) {
      assertThat(run.status()).as(run.output()).isZero();
    }
    assertThat(cluster.get("/jobs/overview").path("jobs")).hasSize(jobs);
    check(flights);
    assertThat(flights.runs()).isEqualTo(runs + 2);
  }

  /** How far a job has come. */
  private enum Moment {
    READING("none", 0),
    WRITING(".parquet", 1),
    COMMITTING(".avro", 1);

    private final String suffix;
    private final int more;

    Moment(String suffix, int more) {
      this.suffix = suffix;
      this.more = more;
    }

    /** How many files there are of the kind that shows it. */
    long files(Path project) {
      Path warehouse = project.resolve(".headwater/warehouse");
      if (!Files.exists(warehouse)) {
        return 0;
      }
      try (Stream<Path> all = Files.walk(warehouse)) {
        return all.filter(f -> f.toString().endsWith(suffix)).count();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean reached(FlinkCluster cluster, Path project, long before) {
      return !cluster.jobs("RUNNING").isEmpty() && files(project) >= before + more;
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void check(SmallFlights flights) {
    List<Run> runs = flights.registry(r -> r.runs().list("flights", 1000));
    assertThat(runs).noneMatch(run -> run.status() == Run.Status.OPEN);
    String ids =
        "select file_row_number id from read_parquet('"
            + flights.folder().resolve("data/a.parquet")
            + "', file_row_number = true) where ";
    flights.catalog(
        catalog -> {
          TableOracle.check(catalog.load(flights.ref("flights")), "id", ids + SmallFlights.KEPT);
          TableOracle.check(
              catalog.load(flights.ref("flights__letters")),
              "position",
              ids + "not (" + SmallFlights.KEPT + ")");
          return true;
        });
  }

  private static Command run(SmallFlights flights, FlinkCluster cluster, String... more) {
    List<String> arguments =
        Stream.concat(Stream.of("run", "--cluster", cluster.address()), Stream.of(more)).toList();
    return Command.start(flights.folder(), Map.of(), arguments.toArray(String[]::new));
  }
}

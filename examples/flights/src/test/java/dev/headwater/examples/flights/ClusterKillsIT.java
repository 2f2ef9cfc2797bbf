package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.registry.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.iceberg.Snapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A table that is made on a Flink session cluster, whose workers, JobManager and command SIGKILL
 * ends at moments of its making: after each, every row is there once.
 */
final class ClusterKillsIT {
  /** More kills than these cost CI too much; with eight every moment has its turn. */
  private static final int KILLS = Integer.getInteger("headwater.kills", 2);

  /** From the second round of all moments on. */
  private static final int LATER_MILLIS = 300;

  private static final long SEED = Long.getLong("headwater.kill.seed", System.nanoTime());

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  private final FlinkCluster cluster = FlinkCluster.shared();
  private final Random random = new Random(SEED);

  @Test
  void whateverIsKilledEveryRowIsThereOnce() {
    String yaml = ClusterIT.INGEST;
    if (random.nextBoolean()) {
      // Then the rows wait on disk for those of their month, and are written by other tasks.
      yaml += "    properties: {write.distribution-mode: hash}\n";
    }
    SmallFlights flights = SmallFlights.empty(folder).yaml(yaml).numbered("a.parquet");

    List<Moment> moments = moments();
    // The JobManager, and with it the job: the run stays open, and the next one finishes it.
    for (int kill = 0; kill < KILLS - 1; kill++) {
      Moment moment = moments.get(kill % moments.size());
      try (Command run = await(moment, flights, kill)) {
        cluster.replaceMaster();
        if (run.status() != 0) {
          assertThat(run.status()).as("seed %d: %s", SEED, run.output()).isEqualTo(5);
          assertThat(run.output()).contains(cluster.address(), "Fix: ", "run again");
        }
      }
      cluster.awaitWorkers(2);
      int runs = flights.runs();
      try (Command run = run(flights)) {
        assertThat(run.status()).as("seed %d, %s: %s", SEED, moment, run.output()).isZero();
      }
      assertThat(flights.runs()).as("the same run, finished").isEqualTo(runs);
      check(flights);
    }

    for (int kill = 0; kill < KILLS; kill++) {
      try (Command run = await(moments.get((KILLS - 1 + kill) % moments.size()), flights, kill)) {
        cluster.replaceWorkers();
        assertThat(run.status()).as("seed %d: %s %s", SEED, run.output(), cluster.logs()).isZero();
      }
      check(flights);
      cluster.awaitWorkers(2);
    }

    // The command alone: its job goes on, and the next one waits for that, if it is at work still.
    int runs = flights.runs();
    try (Command run = await(Moment.READING, flights, 0)) {
      run.kill();
    }
    try (Command run = run(flights)) {
      assertThat(run.status()).as(run.output()).isZero();
    }
    oneAfterTheOther();
    check(flights);
    assertThat(flights.runs()).as("none but the killed one").isLessThanOrEqualTo(runs + 2);
  }

  /** No job of a run began while another one of it was at work. */
  private void oneAfterTheOther() {
    List<JsonNode> jobs = new ArrayList<>();
    cluster.get("/jobs/overview").path("jobs").forEach(jobs::add);
    jobs.sort(Comparator.comparingLong(job -> job.path("start-time").asLong()));
    Map<String, Long> ended = new HashMap<>();
    for (JsonNode job : jobs) {
      Long before = ended.put(job.path("name").asText(), job.path("end-time").asLong());
      assertThat(job.path("start-time").asLong())
          .as("began: %s", job)
          .isGreaterThanOrEqualTo(before == null ? 0L : before);
    }
  }

  private List<Moment> moments() {
    List<Moment> all = new ArrayList<>(List.of(Moment.values()));
    Collections.shuffle(all, random);
    return all;
  }

  /** A run that has come so far. */
  private Command await(Moment moment, SmallFlights flights, int kill) {
    long before = moment.seen(flights);
    int sent = cluster.get("/jobs/overview").path("jobs").size();
    Command run = run(flights, "--force");
    cluster.await(
        moment + "\n" + run.output(),
        () ->
            run.ended(0)
                || moment.seen(flights) != before
                    && (moment == Moment.SENDING
                        || cluster.get("/jobs/overview").path("jobs").size() > sent));
    boolean late = run.ended((long) kill / Moment.values().length * LATER_MILLIS);
    System.err.println("killed " + moment + (late ? ", when it was over" : ""));
    return run;
  }

  /** How far a run has come. */
  private enum Moment {
    /** Its record is written, the cluster has no job yet, or has not said so. */
    SENDING {
      @Override
      long seen(SmallFlights flights) {
        return open(flights);
      }
    },
    /** Its job is there. */
    READING {
      @Override
      long seen(SmallFlights flights) {
        return open(flights);
      }
    },
    WRITING {
      @Override
      long seen(SmallFlights flights) {
        return files(flights, ".parquet");
      }
    },
    COMMITTING {
      @Override
      long seen(SmallFlights flights) {
        return files(flights, ".avro");
      }
    },
    /** Its rows are in the table, and it may not know. */
    COMMITTED {
      @Override
      long seen(SmallFlights flights) {
        return flights.catalog(
            catalog ->
                catalog
                    .find(flights.ref("flights"))
                    .map(table -> table.currentSnapshot())
                    .map(Snapshot::snapshotId)
                    .orElse(0L));
      }
    };

    /** A number that changes when the moment is there. */
    abstract long seen(SmallFlights flights);

    private static long open(SmallFlights flights) {
      return flights.registry(r -> r.runs().open("flights", "flights").isPresent() ? 1L : 0L);
    }

    private static long files(SmallFlights flights, String suffix) {
      Path warehouse = flights.folder().resolve(".headwater/warehouse");
      if (!Files.exists(warehouse)) {
        return 0;
      }
      try (Stream<Path> all = Files.walk(warehouse)) {
        return all.filter(f -> f.toString().endsWith(suffix)).count();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static void check(SmallFlights flights) {
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

  private Command run(SmallFlights flights, String... more) {
    return ClusterIT.run(flights, cluster, more);
  }
}

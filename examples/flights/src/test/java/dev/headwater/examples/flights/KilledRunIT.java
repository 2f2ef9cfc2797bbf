package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Target;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that SIGKILL ends are simply run again: everything is there once. */
final class KilledRunIT {
  private static final int LONGEST = 900;

  /** In each stage; with two it dies soon and later in all of them. */
  private static final int KILLS = Integer.getInteger("headwater.stage.kills", 1);

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @Test
  void killedInEveryStageAndRunAgainEverythingIsThereOnce() {
    SmallFlights flights = SmallFlights.in(folder);
    // A seed that is told, so that a failure can be looked for again.
    long seed = Long.getLong("headwater.kill.seed", System.nanoTime());
    Random random = new Random(seed);
    List<String> killed = new ArrayList<>();
    int soon = random.nextInt(2);
    for (Target target : flights.project().targets()) {
      for (int kill = 0; kill < KILLS; kill++) {
        // Soon after its record was written, or at any moment of it or of what follows.
        int delay = random.nextInt(soon++ % 2 == 0 ? 50 : LONGEST);
        try (Command command = Command.start(folder, Map.of(), "run")) {
          Path catalog = folder.resolve(".headwater/catalog.db");
          while (!(Files.exists(catalog) && begun(flights, target)) && !command.ended(50)) {
            // Looks again.
          }
          if (!command.ended(delay)) {
            command.kill();
            killed.add(target + " after " + delay + " ms");
          } else {
            assertThat(command.status()).as(command.output()).isZero();
          }
          // No library's own words, PyTorch's neither, stand between the command's.
          assertThat(command.output()).doesNotContain("Warning:", "WARNING");
        }
      }
    }
    try (Command last = Command.start(folder, Map.of(), "run")) {
      assertThat(last.status()).as("seed %s, %s: %s", seed, killed, last.output()).isZero();
    }
    assertThat(killed).hasSizeGreaterThanOrEqualTo(3);

    flights.agreesWithFiles();
    assertThat(flights.rows("late_scores"))
        .hasSize((int) flights.inFiles(SmallFlights.KEPT + " and date >= '2001-06-01'"));
    List<ModelVersion> versions = flights.registry(r -> r.models().versions("flights", "late"));
    assertThat(versions).hasSize(1);
    List<Run> runs = flights.registry(r -> r.runs().list("flights", 1000));
    assertThat(runs)
        .as("seed %s, %s", seed, killed)
        .noneMatch(run -> run.status() == Run.Status.OPEN);
    everyCommitOnceAndEveryFileThere(flights);
    assertThat(folder.resolve(".headwater/scratch").toFile().list()).isNullOrEmpty();
    assertThat(flights.run().report().fresh()).isTrue();
  }

  /** Whether the target has a record: of a run at work, or of one that is done. */
  static boolean begun(SmallFlights flights, Target target) {
    return flights.registry(
        r ->
            r.runs().open("flights", target.toString()).isPresent()
                || r.runs().lastSucceeded("flights", target.toString()).isPresent());
  }

  private static void everyCommitOnceAndEveryFileThere(SmallFlights flights) {
    flights.catalog(
        catalog -> {
          for (TableRef ref : catalog.list("flights")) {
            Table table = catalog.load(ref);
            List<String> tokens = new ArrayList<>();
            for (Snapshot snapshot : table.snapshots()) {
              tokens.add(snapshot.summary().get("headwater.token"));
              for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
                try (ManifestReader<?> files =
                    ManifestFiles.read(manifest, table.io(), table.specs())) {
                  files.forEach(
                      file -> assertThat(new File(file.location().replace("file:", ""))).exists());
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }
            }
            if (tokens.isEmpty() && ref.name().endsWith("__letters")) {
              continue; // Made before its rows' commit, which had none.
            }
            assertThat(tokens).as("%s", ref).hasSize(1).doesNotContainNull();
          }
          return true;
        });
  }
}

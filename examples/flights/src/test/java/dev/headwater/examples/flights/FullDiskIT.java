package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.registry.ModelVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is really full: it is told, the tables are as they were, and with space again the
 * same run finishes.
 */
final class FullDiskIT {
  private static final long DISK = 96 << 10;

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @Test
  void isToldLeavesTheTablesAsTheyWereAndIsMended() throws Exception {
    try (SmallDisk disk = SmallDisk.at(folder, DISK)) {
      Assumptions.assumeTrue(
          disk.mounted(),
          "A full disk is tried where a small one can be mounted, as root: " + disk.refusal());
      tried(disk);
    }
  }

  private void tried(SmallDisk disk) throws IOException {
    SmallFlights flights = SmallFlights.empty(folder);
    flights.flights("a.parquet", "file_row_number % 400 = 0");
    flights.run();
    Map<String, Long> before = flights.snapshots();
    flights.flights("b.parquet", "file_row_number % 40 = 7");
    // The catalog can't be opened; no lock can be taken; data, or letters, can't be written.
    for (long free : new long[] {0, 40, 200, 500}) {
      disk.leave(free);
      try (Command command = Command.start(folder, Map.of(), "run")) {
        assertThat(command.status()).as("%s KiB: %s", free, command.output()).isEqualTo(5);
        assertThat(command.output())
            .as("%s KiB", free)
            .containsPattern("(?i)no space is left on|make space on its disk")
            .contains("Fix: ")
            .doesNotContain("\tat ");
      }
      disk.free();
      assertThat(flights.snapshots()).as("%s KiB", free).isEqualTo(before);
    }

    assertThat(flights.run().done()).contains("flights", "late_scores");
    flights.agreesWithFiles();
    List<ModelVersion> versions = flights.registry(r -> r.models().versions("flights", "late"));
    assertThat(versions).hasSize(2);
    assertThat(folder.resolve(".headwater/scratch").toFile().list()).isNullOrEmpty();
    assertThat(flights.run().report().fresh()).isTrue();
  }
}

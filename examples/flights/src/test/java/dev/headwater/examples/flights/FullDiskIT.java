package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.registry.ModelVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is really full: it is told, the tables are as they were, and with space again the
 * same run finishes.
 */
final class FullDiskIT {
  private static final long KIB = 1024;
  private static final long DISK = 96 << 10;

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  private boolean mounted;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    String said = process("mount", "-t", "tmpfs", "-o", "size=" + DISK + "k", "tmpfs", folder + "");
    mounted = said.isEmpty();
    Assumptions.assumeTrue(
        mounted, "A full disk is tried where a small one can be mounted, as root: " + said);
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    if (mounted) {
      assertThat(process("umount", folder.toString())).isEmpty();
    }
  }

  @Test
  void isToldLeavesTheTablesAsTheyWereAndIsMended() throws IOException {
    SmallFlights flights = SmallFlights.empty(folder);
    flights.flights("a.parquet", "file_row_number % 400 = 0");
    flights.run();
    Map<String, Long> before = flights.snapshots();
    flights.flights("b.parquet", "file_row_number % 40 = 7");
    // The catalog can't be opened; no lock can be taken; data, or letters, can't be written.
    for (long free : new long[] {0, 40, 200, 500}) {
      leave(free);
      try (Command command = Command.start(folder, Map.of(), "run")) {
        assertThat(command.status()).as("%s KiB: %s", free, command.output()).isEqualTo(5);
        assertThat(command.output())
            .as("%s KiB", free)
            .containsPattern("(?i)no space is left on|make space on its disk")
            .contains("Fix: ")
            .doesNotContain("\tat ");
      }
      Files.delete(folder.resolve("fill"));
      assertThat(flights.snapshots()).as("%s KiB", free).isEqualTo(before);
    }

    assertThat(flights.run().done()).contains("flights", "late_scores");
    flights.agreesWithFiles();
    List<ModelVersion> versions = flights.registry(r -> r.models().versions("flights", "late"));
    assertThat(versions).hasSize(2);
    assertThat(folder.resolve(".headwater/scratch").toFile().list()).isNullOrEmpty();
    assertThat(flights.run().report().fresh()).isTrue();
  }

  /** Fills the disk but for that many KiB. */
  private void leave(long free) throws IOException {
    Path fill = folder.resolve("fill");
    long space = Files.getFileStore(folder).getUsableSpace() - free * KIB;
    byte[] block = new byte[4096];
    try (var out = Files.newOutputStream(fill)) {
      for (long written = 0; written + block.length <= space; written += block.length) {
        out.write(block);
      }
    }
  }

  /** What a process says on its way to failure; nothing if it succeeds. */
  private static String process(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return e.getMessage() + "";
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : said + " (status " + process.exitValue() + ")";
  }
}

package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writer's memory depends neither on the rows nor on how many columns or partitions there are.
 */
final class SmallHeapIT {
  @TempDir private Path folder = Path.of("unset");

  @Test
  void aThousandColumnsFitASmallHeap() throws Exception {
    assertThat(write("columns", "160m", 8_000, 1_000))
        .endsWith("1 partitions 8000 rows 8000 sketched");
  }

  @Test
  void tenThousandColumnsFitAHeapOf400Megabytes() throws Exception {
    assertThat(write("columns", "400m", 256, 10_000))
        .endsWith("1 partitions 256 rows 256 sketched");
  }

  @Test
  void twoThousandPartitionsInRandomOrderAreAFileEachInASmallHeap() throws Exception {
    assertThat(write("partitions", "64m", 300_000, 4))
        .isEqualTo("2000 files 2000 partitions 300000 rows 300000 sketched");
    try (var left = Files.list(folder.resolve("tmp"))) {
      assertThat(left.filter(p -> p.getFileName().toString().startsWith("headwater"))).isEmpty();
    }
  }

  private String write(String what, String heap, long rows, int columns)
      throws IOException, InterruptedException {
    Path tmp = Files.createDirectories(folder.resolve("tmp"));
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx" + heap,
                    "-XX:+UseSerialGC",
                    "-Djava.io.tmpdir=" + tmp,
                    "-cp",
                    System.getProperty("java.class.path"),
                    WriteInSmallHeap.class.getName(),
                    what,
                    folder.resolve("table").toString(),
                    Long.toString(rows),
                    Integer.toString(columns)))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    List<String> lines = Files.readAllLines(said, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
    return lines.get(lines.size() - 1);
  }
}

package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small disk of its own below a folder, where one can be mounted: as root. */
final class SmallDisk implements AutoCloseable {
  private static final long KIB = 1024;

  private final Path folder;
  private final String said;

  private SmallDisk(Path folder, String said) {
    this.folder = folder;
    this.said = said;
  }

  /** A disk at a folder that is there; {@link #refusal} says if there is none. */
  static SmallDisk at(Path folder, long kib) throws IOException {
    String size = "size=" + kib + "k";
    return new SmallDisk(
        folder, process("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder.toString()));
  }

  boolean mounted() {
    return said.isEmpty();
  }

  /** Why there is no disk. */
  String refusal() {
    return said;
  }

  /** Fills it but for that many KiB. */
  void leave(long free) throws IOException {
    long space = Files.getFileStore(folder).getUsableSpace() - free * KIB;
    byte[] block = new byte[4096];
    try (var out = Files.newOutputStream(fill())) {
      for (long written = 0; written + block.length <= space; written += block.length) {
        out.write(block);
      }
    } catch (IOException e) {
      if (Files.getFileStore(folder).getUsableSpace() > free * KIB) {
        throw e;
      }
      // Who else writes there has taken the rest.
    }
  }

  /** Gives the space back. */
  void free() throws IOException {
    Files.delete(fill());
  }

  private Path fill() {
    return folder.resolve("fill");
  }

  @Override
  public void close() throws IOException {
    if (mounted()) {
      assertThat(process("umount", "-l", folder.toString())).isEmpty();
    }
  }

  /** What a process says on its way to failure; nothing if it succeeds. */
  private static String process(String... command) throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return e.getMessage() + "";
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return process.waitFor() == 0 ? "" : said + " (status " + process.exitValue() + ")";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

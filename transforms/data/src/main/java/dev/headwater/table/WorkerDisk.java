package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.sort.Spill;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.iceberg.io.FileIO;

/** A scratch location that is one writer's alone: a folder below {@code java.io.tmpdir}. */
public final class WorkerDisk implements AutoCloseable {
  private final Path folder;
  private final Spill spill;

  private WorkerDisk(Path folder, FileIO io) {
    this.folder = folder;
    this.spill = Spill.in(folder.toString(), io);
  }

  public static WorkerDisk open(FileIO io) {
    try {
      return new WorkerDisk(Files.createTempDirectory("headwater-rows"), io);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  public Spill spill() {
    return spill;
  }

  /** With all that lies there. */
  @Override
  public void close() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static HeadwaterException failed(IOException e) {
    return new HeadwaterException(
        Kind.UNREACHABLE,
        "Cannot keep rows in "
            + System.getProperty("java.io.tmpdir")
            + " until they are written: "
            + e.getMessage()
            + ".",
        "free space there, or name another folder with -Djava.io.tmpdir, and run again.",
        e);
  }
}

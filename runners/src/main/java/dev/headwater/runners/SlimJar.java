package dev.headwater.runners;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What a job takes along, as one jar that holds the others whole, below {@code lib}, where Flink
 * looks for them. Its name tells its content, so it is built once, and sent once.
 */
final class SlimJar {
  /** How the names of all of them begin. */
  static final String NAME = "headwater-job-";

  private SlimJar() {}

  /** The jar, in a folder that may have it already. */
  static Path of(List<String> jars, Path folder) throws IOException {
    List<Path> paths = jars.stream().distinct().map(Path::of).toList();
    Path jar = folder.resolve(NAME + Digests.of(paths) + ".jar");
    if (Files.exists(jar)) {
      return jar;
    }
    Files.createDirectories(folder);
    Path written = Files.createTempFile(folder, "jar", ".tmp");
    try (OutputStream out = Files.newOutputStream(written);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path path : paths) {
        zip.putNextEntry(new ZipEntry("lib/" + path.getFileName()));
        Files.copy(path, zip);
      }
    }
    return Files.move(written, jar, StandardCopyOption.ATOMIC_MOVE);
  }
}

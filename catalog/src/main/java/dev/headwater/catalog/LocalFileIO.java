package dev.headwater.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/**
 * Files on local disks, without Hadoop. A file appears under its name only when it is whole and on
 * the disk, so a kill leaves a hidden temporary file at worst.
 */
final class LocalFileIO implements FileIO {
  private static final long serialVersionUID = 1;
  private static final String SCHEME = "file:";

  /**
   * An absolute path as a location that Spark, DuckDB and PyIceberg open too: {@code file:///…}, no
   * character escaped.
   */
  static String location(Path path) {
    String name = path.toAbsolutePath().normalize().toString().replace('\\', '/');
    return SCHEME + "//" + (name.startsWith("/") ? "" : "/") + name;
  }

  /** The path of {@code file:/…}, {@code file:///…} or a plain absolute path. */
  static Path path(String location) {
    String name = location;
    if (name.startsWith(SCHEME)) {
      name = name.substring(SCHEME.length());
      if (name.startsWith("//") && !name.startsWith("///")) {
        throw new IllegalArgumentException(
            "'" + location + "' names a host; a local file is written file:///path");
      }
      while (name.startsWith("//")) {
        name = name.substring(1);
      }
    }
    Path path = Path.of(name);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(
          "'" + location + "' is not a local file: it must begin with file:/ or /");
    }
    return path;
  }

  @Override
  public InputFile newInputFile(String location) {
    return new LocalInput(location, path(location));
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new LocalOutput(location, path(location));
  }

  @Override
  public void deleteFile(String location) {
    try {
      Files.delete(path(location));
    } catch (NoSuchFileException e) {
      throw new NotFoundException(e, "File does not exist: %s", location);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + location, e);
    }
  }
}

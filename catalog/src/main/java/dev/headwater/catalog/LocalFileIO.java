package dev.headwater.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Files on local disks, without Hadoop. A file appears under its name only when it is whole and on
 * the disk, so a kill leaves a hidden temporary file at worst.
 */
final class LocalFileIO implements SupportsPrefixOperations {
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

  /** The files below a folder, temporary ones too; none where there is no such folder. */
  @Override
  public Iterable<FileInfo> listPrefix(String prefix) {
    Path folder = path(prefix);
    List<FileInfo> files = new ArrayList<>();
    try {
      Files.walkFileTree(folder, new Listing(files));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + prefix, e);
    }
    return files;
  }

  @Override
  public void deletePrefix(String prefix) {
    throw new UnsupportedOperationException("files are deleted one by one, never a folder");
  }

  private static final class Listing extends SimpleFileVisitor<Path> {
    private final List<FileInfo> files;

    Listing(List<FileInfo> files) {
      this.files = files;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
      if (is.isRegularFile()) {
        files.add(new FileInfo(location(file), is.size(), is.lastModifiedTime().toMillis()));
      }
      return FileVisitResult.CONTINUE;
    }

    /** A file that is gone meanwhile is none. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }
  }
}

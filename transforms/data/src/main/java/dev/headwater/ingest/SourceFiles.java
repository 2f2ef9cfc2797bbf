package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.SchemeFileIO;
import dev.headwater.files.SourceFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.io.FileIO;

/** Files that a path, a folder or a glob means, local ones or objects in a store. */
public final class SourceFiles {
  private SourceFiles() {}

  /**
   * The local files in the order of their paths, with their checksums. A folder means the {@code
   * *.parquet} files in it, without those that begin with a dot or a low line.
   *
   * @param base where a relative path begins
   * @throws HeadwaterException DATA if there is none
   */
  public static List<SourceFile> of(Path base, String pattern) {
    return of(new SchemeFileIO(), base, pattern, SourceFormat.Kind.PARQUET);
  }

  /**
   * The files in the order of their paths, with what tells their contents apart: of local ones a
   * SHA-256, which is read once; of objects in a store what the listing says. A folder means the
   * files right in it whose names end as files of this kind do, without those that begin with a dot
   * or a low line.
   *
   * @param io reads what has a scheme
   * @param base where a relative path begins
   * @throws HeadwaterException DATA if there is none
   */
  public static List<SourceFile> of(FileIO io, Path base, String pattern, SourceFormat.Kind kind) {
    return of(io, base, pattern, kind, Long.MAX_VALUE, false);
  }

  /**
   * The same, perhaps none where a folder or a pattern may have some later; local files that were
   * written to so short a time ago that somebody may still be at it have no version.
   *
   * @param settle how long a file must have stood unchanged; an object in a store is whole at once
   */
  public static List<SourceFile> settled(
      FileIO io, Path base, String pattern, SourceFormat.Kind kind, Duration settle) {
    boolean some = isStored(pattern) || Files.isDirectory(base.resolve(local(pattern)));
    long young = settle.isZero() ? Long.MAX_VALUE : System.currentTimeMillis() - settle.toMillis();
    return of(io, base, pattern, kind, young, some || Glob.isGlob(pattern));
  }

  /** The same without checksums of local files: their versions are empty. */
  public static List<SourceFile> named(
      FileIO io, Path base, String pattern, SourceFormat.Kind kind) {
    return of(io, base, pattern, kind, Long.MIN_VALUE, false);
  }

  /** A local file with its size and checksum. */
  public static SourceFile of(Path file) throws IOException {
    return Checksums.of(file);
  }

  /** What a table calls a file: its path from {@code base} where it lies below it. */
  public static String name(Path base, SourceFile file) {
    if (isStored(file.path())) {
      return file.path();
    }
    Path path = Path.of(file.path());
    return path.startsWith(base) ? base.relativize(path).toString() : file.path();
  }

  /** Whether a source's path names an object in a store, not a local file. */
  public static boolean isStored(String path) {
    return path.contains("://") && !path.toLowerCase(Locale.ROOT).startsWith("file:");
  }

  /**
   * @param before files that were written to since this moment, in milliseconds, get no version
   */
  private static List<SourceFile> of(
      FileIO io, Path base, String pattern, SourceFormat.Kind kind, long before, boolean none) {
    String where = isStored(pattern) ? pattern : base.resolve(local(pattern)).toString();
    List<SourceFile> out;
    try {
      out = isStored(pattern) ? stored(io, pattern, kind) : local(base, pattern, kind, before);
    } catch (NoSuchFileException e) {
      throw missing(where);
    } catch (IOException e) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot read " + where + ": " + e + ".",
          "check that the files are there and may be read.",
          e);
    } catch (IllegalArgumentException e) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot read " + where + ": " + e.getMessage() + ".",
          "mend the source's path in the project file.",
          e);
    }
    if (out.isEmpty() && !none) {
      throw missing(where);
    }
    return out;
  }

  private static List<SourceFile> local(
      Path base, String pattern, SourceFormat.Kind kind, long before) throws IOException {
    List<SourceFile> out = new ArrayList<>();
    Path named = base.resolve(local(pattern));
    for (Path path : Listing.local(base, local(pattern), kind)) {
      try {
        boolean old = Files.getLastModifiedTime(path).toMillis() < before;
        out.add(old ? Checksums.of(path) : bare(path));
      } catch (NoSuchFileException e) {
        // Of a folder what is gone meanwhile is none.
        if (path.equals(named)) {
          throw e;
        }
      }
    }
    return out;
  }

  private static SourceFile bare(Path path) throws IOException {
    return new SourceFile(
        path.toAbsolutePath().normalize().toString(),
        Files.size(path),
        "",
        Files.getLastModifiedTime(path).toMillis());
  }

  private static String local(String pattern) {
    return pattern.startsWith("file:") ? pattern.replaceFirst("^file:/*", "/") : pattern;
  }

  private static List<SourceFile> stored(FileIO io, String pattern, SourceFormat.Kind kind) {
    if (!(io instanceof SchemeFileIO files)) {
      throw new IllegalArgumentException(io.getClass().getSimpleName() + " reads no objects");
    }
    try {
      return Listing.stored(files, pattern, kind);
    } catch (HeadwaterException | IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new HeadwaterException(
          Kind.UNREACHABLE,
          "Cannot list " + pattern + ": " + why + ".",
          "check the bucket, the endpoint and the keys, of the source's storage or of the catalog.",
          e);
    }
  }

  private static HeadwaterException missing(String where) {
    return new HeadwaterException(
        Kind.DATA,
        "Cannot read " + where + ": there is no such file.",
        "check the source's path in the project file; it begins at the project's folder.");
  }
}

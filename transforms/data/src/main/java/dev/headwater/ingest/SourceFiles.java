package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.files.SourceFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Local files that a path, a folder or a glob means. */
public final class SourceFiles {
  private static final String GLOB = "*?[{";

  private SourceFiles() {}

  /**
   * The files in the order of their paths, with their checksums. A folder means the {@code
   * *.parquet} files in it, without those that begin with a dot or a low line.
   *
   * @param base where a relative path begins
   * @throws HeadwaterException DATA if there is none
   */
  public static List<SourceFile> of(Path base, String pattern) {
    return of(base, pattern, SourceFormat.Kind.PARQUET);
  }

  /**
   * As {@link #of(Path, String)}; a folder means the files in it whose names end as files of this
   * kind do.
   */
  public static List<SourceFile> of(Path base, String pattern, SourceFormat.Kind kind) {
    try {
      List<SourceFile> out = new ArrayList<>();
      for (Path file : paths(base, pattern, kind)) {
        out.add(of(file));
      }
      if (out.isEmpty()) {
        throw missing(base.resolve(pattern).toString());
      }
      return out;
    } catch (NoSuchFileException e) {
      throw missing(base.resolve(pattern).toString());
    } catch (IOException e) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot read " + base.resolve(pattern) + ": " + e + ".",
          "check that the files are there and may be read.",
          e);
    }
  }

  private static HeadwaterException missing(String where) {
    return new HeadwaterException(
        Kind.DATA,
        "Cannot read " + where + ": there is no such file.",
        "check the source's path in the project file; it begins at the project's folder.");
  }

  /** A file with its size and checksum. */
  public static SourceFile of(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    long size;
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      size = in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return new SourceFile(
        file.toAbsolutePath().normalize().toString(),
        size,
        HexFormat.of().formatHex(digest.digest()));
  }

  private static List<Path> paths(Path base, String pattern, SourceFormat.Kind kind)
      throws IOException {
    int glob = -1;
    for (int i = 0; i < pattern.length() && glob < 0; i++) {
      glob = GLOB.indexOf(pattern.charAt(i)) >= 0 ? i : -1;
    }
    if (glob < 0) {
      Path path = base.resolve(pattern);
      return Files.isDirectory(path) ? folder(path, kind) : List.of(path);
    }
    int slash = pattern.lastIndexOf('/', glob);
    Path root = slash < 0 ? base : base.resolve(pattern.substring(0, Math.max(1, slash)));
    return matching(root, root.resolve(pattern.substring(slash + 1)));
  }

  private static List<Path> folder(Path folder, SourceFormat.Kind kind) throws IOException {
    return matching(folder, folder.resolve("*")).stream()
        .filter(file -> SourceFormat.Kind.ofName(file.toString()) == kind)
        .filter(file -> !file.getFileName().toString().matches("[._].*"))
        .toList();
  }

  private static List<Path> matching(Path root, Path glob) throws IOException {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(matcher::matches).filter(Files::isRegularFile).sorted().toList();
    }
  }
}

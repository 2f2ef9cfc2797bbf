package dev.headwater.runners;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What a name tells of the content of files and folders: some digits of its SHA-256. */
final class Digests {
  private static final int DIGITS = 12;

  private Digests() {}

  /** Of a folder its files, with where they are in it; of several files their names too. */
  static String of(List<Path> paths) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    try (OutputStream into = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      for (Path path : paths) {
        if (Files.isDirectory(path)) {
          for (Path file : files(path)) {
            add(into, inside(path, file), file);
          }
        } else if (paths.size() > 1) {
          add(into, String.valueOf(path.getFileName()), path);
        } else {
          Files.copy(path, into);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
  }

  private static void add(OutputStream into, String name, Path file) throws IOException {
    into.write((name + "\n" + Files.size(file) + "\n").getBytes(StandardCharsets.UTF_8));
    Files.copy(file, into);
  }

  /** All files of a folder, in an order that is always the same. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Where in a folder a file is, with slashes. */
  static String inside(Path folder, Path file) {
    return folder.relativize(file).toString().replace(java.io.File.separatorChar, '/');
  }
}

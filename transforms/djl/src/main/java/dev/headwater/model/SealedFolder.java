package dev.headwater.model;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder of files with a MANIFEST of their SHA-256, which is written last: it is there whole and
 * unchanged, or it is not read at all.
 */
public final class SealedFolder {
  static final String MANIFEST = "MANIFEST";
  private static final long MAX_FILE = 1L << 30;

  private SealedFolder() {}

  /**
   * Writes a folder that must not exist: under a temporary name beside it, synced, then renamed.
   *
   * @return SHA-256 of the manifest
   */
  public static String write(Path folder, Map<String, byte[]> files) throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    Path parent = target.getParent();
    if (parent == null) {
      throw new IOException(folder + " has no parent");
    }
    Files.createDirectories(parent);
    Path temporary = parent.resolve("." + target.getFileName() + "." + UUID.randomUUID());
    Files.createDirectory(temporary);
    try {
      StringBuilder manifest = new StringBuilder();
      for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
        write(temporary.resolve(file.getKey()), file.getValue());
        manifest.append(Digests.of(file.getValue())).append("  ").append(file.getKey());
        manifest.append('\n');
      }
      byte[] last = manifest.toString().getBytes(StandardCharsets.UTF_8);
      write(temporary.resolve(MANIFEST), last);
      sync(temporary);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      sync(parent);
      return Digests.of(last);
    } finally {
      delete(temporary);
    }
  }

  /**
   * The files of a folder, all verified before any is returned.
   *
   * @param known the only names that may be there
   * @throws HeadwaterException if something is missing, changed or unknown
   */
  public static Map<String, byte[]> read(Path folder, Set<String> known) {
    try {
      Path manifest = folder.resolve(MANIFEST);
      if (!Files.isRegularFile(manifest, LinkOption.NOFOLLOW_LINKS)) {
        throw refused(folder, "it has no " + MANIFEST);
      }
      Map<String, String> digests = manifest(folder, Files.readString(manifest));
      try (Stream<Path> list = Files.list(folder)) {
        for (Path path : list.toList()) {
          String name = String.valueOf(path.getFileName());
          if (!name.equals(MANIFEST) && (!known.contains(name) || !digests.containsKey(name))) {
            throw refused(folder, "it holds " + name + ", which does not belong there");
          }
        }
      }
      Map<String, byte[]> out = new LinkedHashMap<>();
      for (Map.Entry<String, String> entry : digests.entrySet()) {
        Path file = folder.resolve(entry.getKey());
        if (!known.contains(entry.getKey())
            || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            || Files.size(file) > MAX_FILE) {
          throw refused(folder, "its " + entry.getKey() + " is missing or not known");
        }
        byte[] bytes = Files.readAllBytes(file);
        if (!Digests.of(bytes).equals(entry.getValue())) {
          throw refused(folder, "its " + entry.getKey() + " is not what was written");
        }
        out.put(entry.getKey(), bytes);
      }
      return out;
    } catch (IOException e) {
      throw refused(folder, e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  /** SHA-256 of a folder's manifest, and so of all that is in it. */
  public static String digest(Path folder) throws IOException {
    return Digests.of(Files.readAllBytes(folder.resolve(MANIFEST)));
  }

  private static Map<String, String> manifest(Path folder, String text) {
    Map<String, String> out = new LinkedHashMap<>();
    for (String line : text.lines().toList()) {
      List<String> parts = List.of(line.split("  ", 2));
      if (parts.size() != 2 || !parts.get(1).matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
        throw refused(folder, "its " + MANIFEST + " has the line '" + line + "'");
      }
      out.put(parts.get(1), parts.get(0));
    }
    return out;
  }

  static HeadwaterException refused(Path folder, String why) {
    return new HeadwaterException(
        Kind.REFUSED,
        "Cannot open " + folder + ": " + why + ".",
        "restore the folder from where it was written, or train the model again.");
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Removes a folder and what is in it, if it is there. */
  public static void delete(Path folder) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}

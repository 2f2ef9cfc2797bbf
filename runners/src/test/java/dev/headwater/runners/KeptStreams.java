package dev.headwater.runners;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A savepoint, and the files that rows in its state are in, packed. They name one another by whole
 * paths: so the folder that they are unpacked to has a name as long as the one that they were in,
 * and is put in its place.
 */
final class KeptStreams {
  private static final int LENGTH = 120;
  private static final String FOLDER = "folder";
  private static final String SAVEPOINT = "savepoint/";

  private final Path folder;

  private KeptStreams(Path folder) {
    this.folder = folder;
  }

  static KeptStreams in(Path temporary) throws IOException {
    String above = temporary.toRealPath() + "/";
    return new KeptStreams(
        Files.createDirectory(Path.of(above + "x".repeat(LENGTH - above.length()))));
  }

  Path folder() {
    return folder;
  }

  void write(Path to, Path savepoint) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      out.putNextEntry(new ZipEntry(FOLDER));
      out.write(folder.toString().getBytes(StandardCharsets.UTF_8));
      for (Path file : files(savepoint)) {
        out.putNextEntry(new ZipEntry(SAVEPOINT + savepoint.relativize(file)));
        Files.copy(file, out);
      }
      for (Path file : files(folder)) {
        String name = folder.relativize(file).toString();
        if (name.contains("/data/") || name.contains("/scratch/")) {
          out.putNextEntry(new ZipEntry(name));
          Files.copy(file, out);
        }
      }
    }
  }

  private static List<Path> files(Path below) throws IOException {
    try (Stream<Path> all = Files.walk(below)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Unpacks what is there under a name; the folder of its savepoint. */
  Path read(String name) throws IOException {
    Path savepoint = folder.resolve(SAVEPOINT);
    String was = "";
    try (InputStream in = Objects.requireNonNull(KeptStreams.class.getResourceAsStream(name));
        ZipInputStream all = new ZipInputStream(in)) {
      for (ZipEntry entry = all.getNextEntry(); entry != null; entry = all.getNextEntry()) {
        // A byte is a character and back: nothing else moves.
        String bytes = new String(all.readAllBytes(), StandardCharsets.ISO_8859_1);
        if (entry.getName().equals(FOLDER)) {
          was = bytes;
          continue;
        }
        Path file = folder.resolve(entry.getName());
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        byte[] moved = bytes.replace(was, folder.toString()).getBytes(StandardCharsets.ISO_8859_1);
        if (entry.getName().endsWith(".runs")) {
          sum(moved);
        }
        Files.write(file, moved);
      }
    }
    return savepoint;
  }

  /** A run of sorted rows is its length and one batch, whose checksum is behind its own length. */
  private static void sum(byte[] run) {
    CRC32C sum = new CRC32C();
    sum.update(run, Integer.BYTES + 12, run.length - Integer.BYTES - 12);
    ByteBuffer.wrap(run)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(Integer.BYTES + 8, (int) sum.getValue());
  }
}

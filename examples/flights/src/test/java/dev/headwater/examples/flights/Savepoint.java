package dev.headwater.examples.flights;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A small savepoint of a topic's stream as a text: the topic's id, then its files, packed. A topic
 * has another id each time that it is made, and a reader refuses another topic of its name: so the
 * id is put in the place of the old one.
 */
final class Savepoint {
  private static final int WIDTH = 100;

  private Savepoint() {}

  static void write(Path to, String topic, Path savepoint) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    List<Path> files;
    try (Stream<Path> there = Files.list(savepoint)) {
      files = there.sorted().toList();
    }
    try (ZipOutputStream out = new ZipOutputStream(packed)) {
      for (Path file : files) {
        out.putNextEntry(new ZipEntry(String.valueOf(file.getFileName())));
        Files.copy(file, out);
      }
    }
    String lines =
        Base64.getMimeEncoder(WIDTH, new byte[] {'\n'}).encodeToString(packed.toByteArray());
    Files.writeString(to, topic + "\n" + lines + "\n");
  }

  /** The folder, with what is there under a name, of the topic with this id. */
  static Path read(String name, String topic, Path folder) throws IOException {
    try (InputStream in = Objects.requireNonNull(Savepoint.class.getResourceAsStream(name))) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      int line = text.indexOf('\n');
      byte[] packed = Base64.getMimeDecoder().decode(text.substring(line + 1));
      Files.createDirectories(folder);
      try (ZipInputStream files = new ZipInputStream(new ByteArrayInputStream(packed))) {
        for (ZipEntry file = files.getNextEntry(); file != null; file = files.getNextEntry()) {
          // A byte is a character and back: nothing else moves.
          String bytes = new String(files.readAllBytes(), StandardCharsets.ISO_8859_1);
          Files.write(
              folder.resolve(file.getName()),
              bytes.replace(text.substring(0, line), topic).getBytes(StandardCharsets.ISO_8859_1));
        }
      }
    }
    return folder;
  }
}

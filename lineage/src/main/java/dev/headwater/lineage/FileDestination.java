package dev.headwater.lineage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file with an event a line. Accepted means written and synced. */
final class FileDestination implements Destination {
  private final Path file;

  FileDestination(Path file) {
    this.file = file.toAbsolutePath();
  }

  @Override
  public Answer deliver(String payload) {
    try {
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      try (FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        append(channel, payload.replace("\n", "") + "\n");
      }
      return new Answer.Accepted();
    } catch (IOException e) {
      return new Answer.Later("cannot write " + file + ": " + e);
    }
  }

  private static void append(FileChannel channel, String line) throws IOException {
    long end = channel.size();
    String text = line;
    if (end > 0) {
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.read(last, end - 1);
      // A line that a killed process left unfinished must not swallow this one.
      text = last.get(0) == '\n' ? line : "\n" + line;
    }
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
    channel.position(end);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(false);
  }

  @Override
  public String description() {
    return "file " + file;
  }

  @Override
  public void close() {}
}

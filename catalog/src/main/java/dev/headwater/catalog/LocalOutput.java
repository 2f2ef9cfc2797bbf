package dev.headwater.catalog;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;

/** A local file that is written: under a temporary name until it is closed. */
final class LocalOutput implements OutputFile {
  private final String location;
  private final Path path;

  LocalOutput(String location, Path path) {
    this.location = location;
    this.path = path;
  }

  @Override
  public PositionOutputStream create() {
    if (Files.exists(path)) {
      throw new AlreadyExistsException("File already exists: %s", location);
    }
    return open(false);
  }

  @Override
  public PositionOutputStream createOrOverwrite() {
    return open(true);
  }

  private PositionOutputStream open(boolean overwrite) {
    try {
      return new Stream(path, overwrite);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + location, e);
    }
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public InputFile toInputFile() {
    return new LocalInput(location, path);
  }

  @Override
  public String toString() {
    return location;
  }

  private static final class Stream extends PositionOutputStream {
    private final Path path;
    private final Path temporary;
    private final boolean overwrite;
    private final FileChannel channel;
    private final OutputStream out;
    private long position;
    private boolean closed;
    private @Nullable IOException failure;

    Stream(Path path, boolean overwrite) throws IOException {
      this.path = path;
      this.overwrite = overwrite;
      Path directory = directory(path);
      Files.createDirectories(directory);
      temporary = directory.resolve("." + path.getFileName() + "." + UUID.randomUUID() + ".tmp");
      channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      position++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      position += length;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    /** A second close says what the first one said: it must not hide that the file is not there. */
    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        try {
          publish();
        } catch (IOException e) {
          failure = e;
        } finally {
          Files.deleteIfExists(temporary);
        }
      }
      if (failure != null) {
        throw new IOException("Cannot write " + path + ": " + failure.getMessage(), failure);
      }
    }

    private void publish() throws IOException {
      try (channel) {
        out.flush();
        channel.force(true);
      }
      if (overwrite) {
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
      } else {
        link();
      }
      try (FileChannel directory = FileChannel.open(directory(path), StandardOpenOption.READ)) {
        directory.force(true);
      }
    }

    /** A link fails where the name is taken; a move would take it away. */
    private void link() throws IOException {
      try {
        Files.createLink(path, temporary);
      } catch (UnsupportedOperationException e) {
        Files.move(temporary, path);
      } catch (FileAlreadyExistsException e) {
        throw new IOException("the file exists already", e);
      }
    }

    private static Path directory(Path path) {
      Path directory = path.getParent();
      if (directory == null) {
        throw new IllegalArgumentException("'" + path + "' is not a file");
      }
      return directory;
    }
  }
}

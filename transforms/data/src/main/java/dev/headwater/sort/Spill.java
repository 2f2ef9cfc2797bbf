package dev.headwater.sort;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SeekableInputStream;

/**
 * The scratch location of a stage, where sorted runs lie until their shard is worked on: a folder
 * on a disk that all workers share, or a place that a FileIO reaches. Whoever starts the stage
 * deletes it afterwards.
 */
public final class Spill implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int BUFFER = 1 << 16;

  private final String location;
  private final FileIO io;

  private Spill(String location, FileIO io) {
    this.location =
        location.endsWith("/") ? location.substring(0, location.length() - 1) : location;
    this.io = io;
  }

  /**
   * The scratch location of this name.
   *
   * @param location a folder's path or URI
   * @param io reaches it, unless it is a local path or {@code file:}; serializable
   */
  public static Spill in(String location, FileIO io) {
    return new Spill(location, io);
  }

  public String location() {
    return location;
  }

  /** A failure of the scratch location. */
  HeadwaterException failed(IOException e) {
    return new HeadwaterException(
        Kind.UNREACHABLE,
        "Cannot keep sorted runs in " + location + ": " + e.getMessage() + ".",
        "free space there and run again; the tables are as they were.",
        e);
  }

  /** The name of a file that is not there yet. */
  public String newFile() {
    return location + "/" + UUID.randomUUID() + ".runs";
  }

  /** Creates a file there, buffered. */
  public OutputStream create(String path) throws IOException {
    if (isLocal()) {
      Path file = local(path);
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      return new BufferedOutputStream(Files.newOutputStream(file), BUFFER);
    }
    return new BufferedOutputStream(io.newOutputFile(path).create(), BUFFER);
  }

  /** Reads a file there from this byte on, buffered. */
  public InputStream open(String path, long offset) throws IOException {
    if (isLocal()) {
      SeekableByteChannel channel = Files.newByteChannel(local(path));
      channel.position(offset);
      return new BufferedInputStream(Channels.newInputStream(channel), BUFFER);
    }
    SeekableInputStream in = io.newInputFile(path).newStream();
    in.seek(offset);
    return new BufferedInputStream(in, BUFFER);
  }

  private boolean isLocal() {
    return location.startsWith("/") || location.startsWith("file:");
  }

  private static Path local(String path) {
    return path.startsWith("file:") ? Path.of(URI.create(path).getPath()) : Path.of(path);
  }
}

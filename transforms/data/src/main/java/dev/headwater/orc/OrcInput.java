package dev.headwater.orc;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.hadoop.fs.Seekable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;

/** A file system of one file, which is all that ORC's reader wants of Hadoop. */
final class OrcInput extends FileSystem {
  static final Path PATH = new Path("/file");
  private final InputFile file;

  OrcInput(InputFile file) {
    this.file = file;
    setConf(new Configuration(false));
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) {
    return new FSDataInputStream(new Stream(file.newStream()));
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    if (!path.equals(PATH)) {
      throw new FileNotFoundException(path.toString());
    }
    return new FileStatus(file.getLength(), false, 1, 1L << 20, 0, path);
  }

  @Override
  public URI getUri() {
    return URI.create("one:///");
  }

  @Override
  public Path getWorkingDirectory() {
    return new Path("/");
  }

  @Override
  public void setWorkingDirectory(Path path) {}

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    return new FileStatus[] {getFileStatus(path)};
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress) {
    throw new UnsupportedOperationException("only read");
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
    throw new UnsupportedOperationException("only read");
  }

  @Override
  public boolean rename(Path from, Path to) {
    return false;
  }

  @Override
  public boolean delete(Path path, boolean recursive) {
    return false;
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) {
    return false;
  }

  private static final class Stream extends java.io.InputStream
      implements Seekable, PositionedReadable {
    private final SeekableInputStream in;

    Stream(SeekableInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      return in.read(to, offset, length);
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return in.getPos();
    }

    @Override
    public boolean seekToNewSource(long target) {
      return false;
    }

    @Override
    public int read(long position, byte[] to, int offset, int length) throws IOException {
      in.seek(position);
      return in.read(to, offset, length);
    }

    @Override
    public void readFully(long position, byte[] to, int offset, int length) throws IOException {
      in.seek(position);
      if (in.readNBytes(to, offset, length) < length) {
        throw new java.io.EOFException("it ends early");
      }
    }

    @Override
    public void readFully(long position, byte[] to) throws IOException {
      readFully(position, to, 0, to.length);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}

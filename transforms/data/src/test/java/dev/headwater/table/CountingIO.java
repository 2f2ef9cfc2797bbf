package dev.headwater.table;

import java.io.IOException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SeekableInputStream;

/** Counts the bytes that are read. */
public final class CountingIO implements FileIO {
  private static final long serialVersionUID = 1;
  private final transient FileIO io;
  private long bytes;

  public CountingIO(FileIO io) {
    this.io = io;
  }

  public long bytes() {
    return bytes;
  }

  @Override
  public InputFile newInputFile(String path) {
    InputFile file = io.newInputFile(path);
    return new InputFile() {
      @Override
      public long getLength() {
        return file.getLength();
      }

      @Override
      public SeekableInputStream newStream() {
        return new Counting(file.newStream());
      }

      @Override
      public String location() {
        return file.location();
      }

      @Override
      public boolean exists() {
        return file.exists();
      }
    };
  }

  @Override
  public OutputFile newOutputFile(String path) {
    return io.newOutputFile(path);
  }

  @Override
  public void deleteFile(String path) {
    io.deleteFile(path);
  }

  private final class Counting extends SeekableInputStream {
    private final SeekableInputStream in;

    Counting(SeekableInputStream in) {
      this.in = in;
    }

    @Override
    public long getPos() throws IOException {
      return in.getPos();
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      bytes += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
      int n = in.read(out, offset, length);
      bytes += Math.max(0, n);
      return n;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}

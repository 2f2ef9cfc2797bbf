package dev.headwater.avro;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;

/** A file's bytes through a buffer, with their places. One thread. */
final class ByteStream implements Closeable {
  private final SeekableInputStream in;
  private final long length;
  private final byte[] buffer = new byte[1 << 16];

  /** Where the buffer's bytes end in the file. */
  private long end;

  private int at;
  private int filled;

  private ByteStream(SeekableInputStream in, long length) {
    this.in = in;
    this.length = length;
  }

  static ByteStream open(InputFile file) {
    return new ByteStream(file.newStream(), file.getLength());
  }

  long length() {
    return length;
  }

  long position() {
    return end - filled + at;
  }

  void seek(long position) throws IOException {
    long inBuffer = position - (end - filled);
    if (inBuffer >= 0 && inBuffer <= filled) {
      at = (int) inBuffer;
      return;
    }
    in.seek(position);
    end = position;
    at = 0;
    filled = 0;
  }

  private int read() throws IOException {
    if (at == filled) {
      int n = in.read(buffer, 0, buffer.length);
      if (n <= 0) {
        throw new EOFException("it ends early");
      }
      end += n;
      at = 0;
      filled = n;
    }
    return buffer[at++];
  }

  void readFully(byte[] to, int count) throws IOException {
    int n = Math.min(count, filled - at);
    System.arraycopy(buffer, at, to, 0, n);
    at += n;
    while (n < count) {
      int more = in.read(to, n, count - n);
      if (more <= 0) {
        throw new EOFException("it ends early");
      }
      n += more;
      end += more;
      at = 0;
      filled = 0;
    }
  }

  /** A number in Avro's encoding. */
  long readLong() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = read();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value >>> 1 ^ -(value & 1);
      }
    }
    throw new IOException("a number of more than 64 bits");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

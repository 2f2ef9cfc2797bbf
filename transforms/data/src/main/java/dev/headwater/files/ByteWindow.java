package dev.headwater.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The part of a stream of bytes that is looked at. Grows only when a single row is longer, up to a
 * limit. One thread.
 */
final class ByteWindow implements Closeable {
  static final int SIZE = 1 << 20;

  private final InputStream in;
  private final int most;
  private byte[] data = new byte[SIZE + 8];

  /** What is still needed, as indices of {@link #data}. */
  private int from;

  private int to;
  private long base;
  private boolean ended;

  /**
   * Looks at a stream.
   *
   * @param position of the stream's first byte in its file
   * @param most how many bytes the window may hold
   */
  ByteWindow(InputStream in, long position, int most) {
    this.in = in;
    this.base = position;
    this.most = most;
  }

  byte[] data() {
    return data;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  boolean ended() {
    return ended;
  }

  /** The position in the file of a byte of {@link #data}. */
  long position(int at) {
    return base + at;
  }

  /** Where the byte of this position is. */
  int at(long position) {
    return Math.toIntExact(position - base);
  }

  /** Bytes before this one are not needed any more. */
  void advance(int at) {
    from = at;
  }

  boolean isFull() {
    return to - from >= most;
  }

  /** Reads more behind what is needed; false if there is no more, or no room. */
  boolean more() throws IOException {
    if (ended || isFull()) {
      return false;
    }
    if (from > 0) {
      System.arraycopy(data, from, data, 0, to - from);
      base += from;
      to -= from;
      from = 0;
    }
    if (to >= data.length - 8) {
      data = Arrays.copyOf(data, (int) Math.min(most + 8L, 2L * data.length));
    }
    int n = in.readNBytes(data, to, data.length - 8 - to);
    ended = to + n < data.length - 8;
    to += n;
    return n > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

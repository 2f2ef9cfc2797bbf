package dev.headwater.files;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts the bytes of a JSON file into rows, many at a time, without decoding them: a value a line;
 * or, where the file begins with an array or the first value goes over several lines, value by
 * value by their brackets. One thread.
 */
final class JsonRecords implements Closeable {
  private static final int MAX_ROWS = 8_192;

  private enum Shape {
    UNKNOWN,
    LINES,
    VALUES,
    ARRAY
  }

  private final String path;
  private final ByteWindow window;
  private Shape shape;
  private int rows;
  private final int[] starts = new int[MAX_ROWS];
  private final int[] ends = new int[MAX_ROWS];
  private final List<BadRow> bad = new ArrayList<>();
  private boolean closed;

  /**
   * Cuts a file.
   *
   * @param lines whether it is known that each value has a line: for a piece of a file
   */
  JsonRecords(String path, ByteWindow window, boolean lines) {
    this.path = path;
    this.window = window;
    this.shape = lines ? Shape.LINES : Shape.UNKNOWN;
  }

  /** Whether each value has a line, so that the file can be read in pieces. */
  boolean isLines() throws IOException {
    look();
    return shape == Shape.LINES;
  }

  private void look() throws IOException {
    if (shape != Shape.UNKNOWN) {
      return;
    }
    int at;
    do {
      window.more();
      at = skip(window.from(), window.to());
      if (at + 2 < window.to() && window.data()[at] == (byte) 0xef) {
        at = skip(at + 3, window.to());
      }
    } while (at == window.to() && !window.ended());
    window.advance(at);
    if (at < window.to() && window.data()[at] == '[') {
      shape = Shape.ARRAY;
      window.advance(at + 1);
      return;
    }
    int end = line(at, window.to());
    int last = end;
    while (last > at && isSpace(window.data()[last - 1])) {
      last--;
    }
    byte b = last > at ? window.data()[last - 1] : (byte) '}';
    shape = b == '{' || b == '[' || b == ',' ? Shape.VALUES : Shape.LINES;
  }

  /** Whether something else stands between the rows than spaces. */
  boolean oneByOne() {
    return shape != Shape.LINES;
  }

  /** Cuts the next rows; false if there are none. */
  boolean next() throws IOException {
    look();
    rows = 0;
    bad.clear();
    while (true) {
      int at = window.from();
      while (rows < MAX_ROWS && at < window.to()) {
        int end = shape == Shape.LINES ? lineRow(at) : valueRow(at);
        if (end < 0) {
          break;
        }
        at = end;
      }
      window.advance(at);
      if (rows > 0 || !bad.isEmpty()) {
        return true;
      }
      if (!window.more()) {
        if (window.isFull()) {
          tooLong();
        } else if (window.from() >= window.to()) {
          return finished();
        } else if (shape != Shape.LINES && window.ended()) {
          throw broken("a value that begins at byte " + window.position(at) + " never ends");
        }
      }
    }
  }

  private boolean finished() {
    if (shape == Shape.ARRAY && !closed) {
      throw broken("its array never ends");
    }
    return false;
  }

  private RuntimeException broken(String why) {
    return SourceFault.of(path, why, "mend the file, or give each value a line of its own.");
  }

  private int lineRow(int at) {
    int end = line(at, window.to());
    if (end == window.to() && !window.ended()) {
      return -1;
    }
    if (skip(at, end) < end) {
      starts[rows] = at;
      ends[rows++] = end;
    }
    return Math.min(window.to(), end + 1);
  }

  private int line(int from, int to) {
    byte[] d = window.data();
    int p = from;
    while (p < to && d[p] != '\n') {
      p++;
    }
    return p;
  }

  private int valueRow(int from) {
    byte[] d = window.data();
    int to = window.to();
    int p = skip(from, to);
    if (p == to) {
      return to;
    }
    if (shape == Shape.ARRAY && (d[p] == ',' || d[p] == ']')) {
      if (closed) {
        throw broken("something stands behind its array, at byte " + window.position(p));
      }
      closed = d[p] == ']';
      return p + 1;
    }
    if (closed) {
      throw broken("something stands behind its array, at byte " + window.position(p));
    }
    int end = value(d, p, to);
    if (end < 0) {
      return -1;
    }
    starts[rows] = p;
    ends[rows++] = end;
    return end;
  }

  /** Where the value ends that begins here; -1 where it isn't complete. */
  private int value(byte[] d, int from, int to) {
    int depth = 0;
    for (int p = from; p < to; p++) {
      switch (d[p]) {
        case '"' -> {
          p++;
          while (p < to && d[p] != '"') {
            p += d[p] == '\\' ? 2 : 1;
          }
          if (p >= to) {
            return -1;
          }
          if (depth == 0) {
            return p + 1;
          }
        }
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (depth == 0) {
            return p;
          }
          if (--depth == 0) {
            return p + 1;
          }
        }
        default -> {
          if (depth == 0 && (d[p] == ',' || isSpace(d[p]))) {
            return p;
          }
        }
      }
    }
    return window.ended() && depth == 0 ? to : -1;
  }

  private void tooLong() throws IOException {
    if (shape != Shape.LINES) {
      throw broken(
          "a value that begins at byte "
              + window.position(window.from())
              + " has more than "
              + (window.to() - window.from())
              + " bytes");
    }
    int from = window.from();
    long position = window.position(from);
    byte[] raw = Arrays.copyOfRange(window.data(), from, from + BadRow.RAW);
    long length = 0;
    int end;
    while (true) {
      end = line(window.from(), window.to());
      length += end - window.from();
      if (end < window.to()) {
        window.advance(end + 1);
        break;
      }
      window.advance(end);
      if (!window.more()) {
        break;
      }
    }
    String why = "it has " + length + " bytes, more than a row may have";
    bad.add(new BadRow(position, "length", why, null, null, raw, length));
  }

  private int skip(int from, int to) {
    int p = from;
    while (p < to && isSpace(window.data()[p])) {
      p++;
    }
    return p;
  }

  static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  int rows() {
    return rows;
  }

  int start(int row) {
    return starts[row];
  }

  int end(int row) {
    return ends[row];
  }

  byte[] data() {
    return window.data();
  }

  long position(int row) {
    return window.position(starts[row]);
  }

  List<BadRow> bad() {
    return bad;
  }

  @Override
  public void close() throws IOException {
    window.close();
  }
}

package dev.headwater.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a CSV into records and fields, many records at a time, without decoding them.
 * As RFC 4180 says, and lines may end in LF, CRLF or CR; blank lines are none.
 *
 * <p>Where quoting breaks (a text behind the closing quote, no closing quote before the end or
 * within the longest row) the first line of the record is bad, and reading goes on behind it: an
 * open quote takes no other row along. One thread.
 */
final class CsvRecords implements Closeable {
  private static final int MAX_ROWS = 8_192;
  private static final int MAX_TOKENS = 1 << 20;
  private static final int MAX_BAD = 1 << 22;

  private final ByteWindow window;
  private final CsvScanner scanner;
  private final byte escape;
  private int width;
  private int maxRows;
  private int rows;
  private int[] starts = new int[0];
  private int[] ends = new int[0];
  private int[] rowStarts = new int[0];
  private int[] rowEnds = new int[0];
  private final List<BadRow> bad = new ArrayList<>();
  private int badBytes;

  CsvRecords(ByteWindow window, SourceFormat format) {
    this.window = window;
    this.scanner = new CsvScanner(window, format);
    this.escape = (byte) format.escape();
  }

  /** From now on each record is to have so many fields. */
  void width(int columns) {
    this.width = columns;
    this.maxRows = Math.max(1, Math.min(MAX_ROWS, MAX_TOKENS / columns));
    this.starts = new int[maxRows * columns];
    this.ends = new int[maxRows * columns];
    this.rowStarts = new int[maxRows];
    this.rowEnds = new int[maxRows];
  }

  /** The fields of the first record, whatever their number; null if there is none. */
  @Nullable List<String> first() throws IOException {
    for (int guess = 64; guess <= MAX_TOKENS; guess *= 4) {
      width(guess);
      int fields = 0;
      int next;
      do {
        if (window.from() >= window.to() && !window.more()) {
          return null;
        }
        next = skipBlank(window.from());
        window.advance(next);
      } while (next == window.to() && !window.ended());
      do {
        fields = scan(window.from());
      } while (fields == CsvScanner.MORE && window.more());
      if (fields >= 0 && fields <= guess) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < fields; i++) {
          out.add(text(i));
        }
        window.advance(scanner.end());
        return out;
      }
      if (fields < 0) {
        return List.of();
      }
    }
    return List.of();
  }

  private int skipBlank(int from) {
    int at = from;
    while (at < window.to() && (window.data()[at] == '\n' || window.data()[at] == '\r')) {
      at++;
    }
    return at;
  }

  /**
   * Cuts the next records; false if there are none.
   *
   * @throws IOException if the stream can't be read to its end
   */
  boolean next() throws IOException {
    rows = 0;
    bad.clear();
    badBytes = 0;
    while (true) {
      int at = window.from();
      while (rows < maxRows && badBytes < MAX_BAD && at < window.to()) {
        int fields = scan(at);
        if (fields == CsvScanner.MORE) {
          break;
        }
        take(at, fields);
        at = scanner.end();
      }
      window.advance(at);
      if (rows > 0 || !bad.isEmpty()) {
        return true;
      }
      if (!window.more()) {
        if (window.isFull()) {
          tooLong();
        } else if (window.from() >= window.to()) {
          return false;
        }
      }
    }
  }

  /** Cuts one record into the tokens of the next row. */
  private int scan(int at) {
    return scanner.scan(at, starts, ends, rows * width, width);
  }

  private void take(int at, int fields) {
    String fault = scanner.fault();
    if (fault != null) {
      bad(at, "quoting", fault, scanner.end());
    } else if (fields == width) {
      if (width == 1 || fields > 0) {
        rowStarts[rows] = at;
        rowEnds[rows++] = scanner.textEnd();
      }
    } else if (fields > 0) {
      bad(at, "fields", "it has " + fields + " fields, not " + width, scanner.textEnd());
    }
  }

  private void bad(int at, String code, String why, int to) {
    byte[] raw = Arrays.copyOfRange(window.data(), at, Math.min(trimmed(at, to), at + BadRow.RAW));
    badBytes += raw.length + 256;
    bad.add(new BadRow(window.position(at), code, why, null, null, raw, trimmed(at, to) - at));
  }

  private int trimmed(int from, int to) {
    int end = to;
    while (end > from && (window.data()[end - 1] == '\n' || window.data()[end - 1] == '\r')) {
      end--;
    }
    return end;
  }

  /** A row, or a quoted field, is longer than the window may be. */
  private void tooLong() throws IOException {
    int from = window.from();
    if (scanner.line(from)) {
      String open = "a quote is not closed within " + (window.to() - from) + " bytes";
      bad(from, "quoting", open, scanner.end());
      window.advance(scanner.end());
      return;
    }
    long position = window.position(from);
    byte[] raw = Arrays.copyOfRange(window.data(), from, from + BadRow.RAW);
    long length = 0;
    do {
      length += window.to() - window.from();
      window.advance(window.to());
      if (!window.more() && window.ended()) {
        break;
      }
    } while (!scanner.line(window.from()));
    if (window.to() > window.from()) {
      length += scanner.textEnd() - window.from();
      window.advance(scanner.end());
    }
    bad.add(
        new BadRow(
            position,
            "length",
            "it has " + length + " bytes, more than a row may have",
            null,
            null,
            raw,
            length));
  }

  int rows() {
    return rows;
  }

  byte[] data() {
    return window.data();
  }

  List<BadRow> bad() {
    return bad;
  }

  long position(int row) {
    return window.position(rowStarts[row]);
  }

  int rowStart(int row) {
    return rowStarts[row];
  }

  int rowEnd(int row) {
    return rowEnds[row];
  }

  int token(int row, int column) {
    return row * width + column;
  }

  int width() {
    return width;
  }

  int start(int token) {
    int s = starts[token];
    return s < 0 ? ~s : s;
  }

  int end(int token) {
    int e = ends[token];
    return e < 0 ? ~e : e;
  }

  boolean isQuoted(int token) {
    return starts[token] < 0;
  }

  boolean isEscaped(int token) {
    return ends[token] < 0;
  }

  /** A field without its escapes, into {@code to}, which is large enough; its length. */
  int unescape(int token, byte[] to) {
    int n = 0;
    int end = end(token);
    for (int i = start(token); i < end; i++) {
      if (window.data()[i] == escape && i + 1 < end) {
        i++;
      }
      to[n++] = window.data()[i];
    }
    return n;
  }

  String text(int token) {
    if (isEscaped(token)) {
      byte[] to = new byte[end(token) - start(token)];
      return new String(to, 0, unescape(token, to), StandardCharsets.UTF_8);
    }
    return new String(
        window.data(), start(token), end(token) - start(token), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    window.close();
  }
}

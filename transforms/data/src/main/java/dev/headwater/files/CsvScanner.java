package dev.headwater.files;

import org.jspecify.annotations.Nullable;

/**
 * Finds where the records of a CSV and their fields begin and end. What it says of a record holds
 * until the next one is looked at. One thread.
 */
final class CsvScanner {
  /** The record isn't complete in the window. */
  static final int MORE = -1;

  private final ByteWindow window;
  private final byte delimiter;
  private final byte quote;
  private final byte escape;

  /** No byte above this one ends a field. */
  private final byte last;

  private int end;
  private int textEnd;
  private boolean escaped;
  private @Nullable String fault;

  CsvScanner(ByteWindow window, SourceFormat format) {
    this.window = window;
    this.delimiter = (byte) format.delimiter();
    this.quote = format.quote() == 0 ? (byte) -1 : (byte) format.quote();
    this.escape = (byte) format.escape();
    this.last = (byte) Math.max(delimiter, '\r');
  }

  /** Where the record ends, with its line's end. */
  int end() {
    return end;
  }

  /** Where it ends without that. */
  int textEnd() {
    return textEnd;
  }

  /** How its quoting breaks; then only its first line is taken for it. Null: it doesn't. */
  @Nullable String fault() {
    return fault;
  }

  /**
   * Cuts one record into fields.
   *
   * @param starts where each begins, from {@code token} on; as its complement, if it is quoted
   * @param ends where each ends; as its complement, if it has escapes
   * @param width how many of them are told
   * @return how many there are, 0 for a blank line or a fault, or {@link #MORE}
   */
  int scan(int at, int[] starts, int[] ends, int token, int width) {
    byte[] d = window.data();
    int to = window.to();
    int next = token;
    int room = token + width;
    int fields = 0;
    int p = at;
    fault = null;
    while (true) {
      int s = p;
      int e;
      if (p < to && d[p] == quote) {
        int q = quoted(d, p + 1, to);
        if (q == MORE) {
          return MORE;
        }
        if (fault != null) {
          return line(at) ? 0 : MORE;
        }
        p = q + 1;
        if (p == to && !window.ended()) {
          return MORE;
        }
        if (p < to && !ends(d[p])) {
          fault = "field " + (fields + 1) + " goes on behind its closing quote";
          return line(at) ? 0 : MORE;
        }
        s = ~(s + 1);
        e = escaped ? ~q : q;
      } else {
        while (p < to && (d[p] > last || !ends(d[p]))) {
          p++;
        }
        if (p == to && !window.ended()) {
          return MORE;
        }
        e = p;
      }
      if (next < room) {
        starts[next] = s;
        ends[next++] = e;
      }
      fields++;
      if (p == to) {
        end = to;
        break;
      }
      if (d[p] == delimiter) {
        p++;
        continue;
      }
      if (d[p] == '\r') {
        if (p + 1 == to && !window.ended()) {
          return MORE;
        }
        end = p + 1 < to && d[p + 1] == '\n' ? p + 2 : p + 1;
      } else {
        end = p + 1;
      }
      break;
    }
    textEnd = p;
    return fields == 1 && p == at && width > 1 ? 0 : fields;
  }

  private boolean ends(byte b) {
    return b == delimiter || b == '\n' || b == '\r';
  }

  /** The closing quote of a field. */
  private int quoted(byte[] d, int from, int to) {
    escaped = false;
    int q = from;
    while (true) {
      while (q < to && d[q] != quote && d[q] != escape) {
        q++;
      }
      if (q >= to) {
        return open();
      }
      if (q + 1 >= to) {
        return window.ended() ? d[q] == quote ? q : open() : MORE;
      }
      if (d[q] != quote || escape == quote && d[q + 1] == quote) {
        escaped = true;
        q += 2;
        continue;
      }
      return q;
    }
  }

  private int open() {
    if (window.ended()) {
      fault = "a quote is never closed";
      return 0;
    }
    return MORE;
  }

  /** Takes the line that begins here for a record, whatever is in it; false: it isn't complete. */
  boolean line(int at) {
    byte[] d = window.data();
    int p = at;
    while (p < window.to() && d[p] != '\n' && d[p] != '\r') {
      p++;
    }
    if (p == window.to() && !window.ended()) {
      return false;
    }
    textEnd = p;
    boolean both = p + 1 < window.to() && d[p] == '\r' && d[p + 1] == '\n';
    end = Math.min(window.to(), both ? p + 2 : p + 1);
    return true;
  }
}

package dev.headwater.files;

import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * How numbers are written where not as Java writes them: with another character before the
 * decimals, or with one between groups of three digits. One thread.
 */
final class NumberShape {
  /** Those that are guessed; where several fit, the first. */
  static final List<String> KNOWN = List.of("1.234,56", "1 234,56", "1,234.56", "1'234.56");

  private static final Pattern SHAPE = Pattern.compile("1([., '_]?)234([.,])56");

  private final byte point;
  private final byte group;
  private byte[] plain = new byte[32];
  private int length;
  private boolean pointed;

  private NumberShape(char point, char group) {
    this.point = (byte) point;
    this.group = (byte) group;
  }

  /**
   * A shape.
   *
   * @param text the number 1234.56 as it is written, like {@code 1.234,56}
   * @return null if it is no such text
   */
  static @Nullable NumberShape of(@Nullable String text) {
    Matcher m = SHAPE.matcher(Objects.requireNonNullElse(text, ""));
    if (!m.matches() || m.group(1).equals(m.group(2))) {
      return null;
    }
    return new NumberShape(m.group(2).charAt(0), m.group(1).isEmpty() ? 0 : m.group(1).charAt(0));
  }

  /** Whether a column of this type has numbers that a shape may tell of. */
  static boolean shapes(Type type) {
    return switch (type.typeId()) {
      case INTEGER, LONG, FLOAT, DOUBLE, DECIMAL -> true;
      default -> false;
    };
  }

  /** A number as it is written in this shape, without groups. */
  String write(String plain) {
    return plain.replace('.', (char) point);
  }

  char point() {
    return (char) point;
  }

  /**
   * Writes a number as Java does; groups may be left out, or there are three digits in each but the
   * first.
   *
   * @return false if it is none of this shape
   */
  boolean read(byte[] d, int from, int to) {
    if (plain.length < to - from + 16) {
      plain = new byte[2 * (to - from) + 16];
    }
    length = 0;
    pointed = false;
    int run = 0;
    boolean grouped = false;
    for (int p = from; p < to; ) {
      byte b = d[p];
      int wide = gap(d, p, to);
      if (b >= '0' && b <= '9') {
        run++;
      } else if (b == point && !pointed) {
        if (grouped && run != 3) {
          return false;
        }
        pointed = true;
        grouped = false;
        b = '.';
      } else if (wide > 0 && run > 0 && !pointed) {
        if (run > 3 || grouped && run != 3) {
          return false;
        }
        grouped = true;
        run = 0;
        p += wide;
        continue;
      } else if (b == '.' || b == ',' || wide > 0) {
        return false;
      }
      plain[length++] = b;
      p++;
    }
    return !grouped || run == 3;
  }

  /** How many bytes stand between groups here. Those of French are narrow or do not break. */
  private int gap(byte[] d, int p, int to) {
    if (group != ' ' || d[p] == ' ') {
      return d[p] == group ? 1 : 0;
    }
    if (p + 1 < to && d[p] == (byte) 0xC2 && d[p + 1] == (byte) 0xA0) {
      return 2;
    }
    boolean narrow =
        p + 2 < to && d[p] == (byte) 0xE2 && d[p + 1] == (byte) 0x80 && d[p + 2] == (byte) 0xAF;
    return narrow ? 3 : 0;
  }

  /** What was read, as Java writes it; the first {@link #length} bytes. */
  byte[] plain() {
    return plain;
  }

  int length() {
    return length;
  }

  /** Whether what was read had decimals. */
  boolean hadDecimals() {
    return pointed;
  }
}

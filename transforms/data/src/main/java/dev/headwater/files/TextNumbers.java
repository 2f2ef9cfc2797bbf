package dev.headwater.files;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * Numbers out of ASCII, or of a {@link NumberShape}, without an object each. Spaces around them
 * don't count. One thread.
 */
final class TextNumbers {
  private static final double[] TENS = new double[23];
  private static final long[] LONG_TENS = new long[19];

  static {
    double d = 1;
    for (int i = 0; i < TENS.length; i++, d *= 10) {
      TENS[i] = d;
    }
    long l = 1;
    for (int i = 0; i < LONG_TENS.length; i++, l *= 10) {
      LONG_TENS[i] = l;
    }
  }

  private final @Nullable NumberShape shape;

  /** Whether the last parse went well. */
  private boolean good;

  /** As Java writes them. */
  TextNumbers() {
    this(null);
  }

  /**
   * @param format how they are written, if that is a shape of numbers
   */
  TextNumbers(@Nullable String format) {
    this.shape = NumberShape.of(format);
  }

  boolean isGood() {
    return good;
  }

  long parseLong(byte[] d, int from, int to) {
    if (shape == null) {
      return plainLong(d, from, to);
    }
    good = shape.read(d, from, to);
    return good ? plainLong(shape.plain(), 0, shape.length()) : 0;
  }

  private long plainLong(byte[] d, int from, int to) {
    int p = from;
    int end = to;
    while (p < end && d[p] == ' ') {
      p++;
    }
    while (end > p && d[end - 1] == ' ') {
      end--;
    }
    good = false;
    boolean negative = p < end && d[p] == '-';
    if (negative || p < end && d[p] == '+') {
      p++;
    }
    int digits = end - p;
    if (digits <= 0 || digits > 19) {
      return slowLong(d, from, to);
    }
    long value = 0;
    for (int i = p; i < end; i++) {
      int digit = d[i] - '0';
      if (digit < 0 || digit > 9) {
        return 0;
      }
      value = value * 10 + digit;
    }
    if (digits == 19 && value < 0) {
      return slowLong(d, from, to);
    }
    good = true;
    return negative ? -value : value;
  }

  private long slowLong(byte[] d, int from, int to) {
    try {
      long value = Long.parseLong(text(d, from, to));
      good = true;
      return value;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  double parseDouble(byte[] d, int from, int to) {
    if (shape == null) {
      return plainDouble(d, from, to);
    }
    good = shape.read(d, from, to);
    return good ? plainDouble(shape.plain(), 0, shape.length()) : 0;
  }

  private double plainDouble(byte[] d, int from, int to) {
    int p = from;
    boolean negative = p < to && d[p] == '-';
    if (negative) {
      p++;
    }
    long digits = 0;
    int count = 0;
    int scale = 0;
    boolean point = false;
    int begin = p;
    for (; p < to; p++) {
      int digit = d[p] - '0';
      if (digit >= 0 && digit <= 9) {
        digits = digits * 10 + digit;
        count += digits == 0 ? 0 : 1;
        scale += point ? 1 : 0;
      } else if (d[p] == '.' && !point) {
        point = true;
      } else {
        return slowDouble(d, from, to);
      }
    }
    // Within these bounds both are exact as doubles, and so the quotient is rounded once.
    if (p - begin - (point ? 1 : 0) <= 0 || count > 15 || scale > 22) {
      return slowDouble(d, from, to);
    }
    good = true;
    double value = scale == 0 ? digits : digits / TENS[scale];
    return negative ? -value : value;
  }

  private double slowDouble(byte[] d, int from, int to) {
    String text = text(d, from, to);
    good = true;
    switch (text.toLowerCase(java.util.Locale.ROOT)) {
      case "nan" -> {
        return Double.NaN;
      }
      case "inf", "+inf", "infinity", "+infinity" -> {
        return Double.POSITIVE_INFINITY;
      }
      case "-inf", "-infinity" -> {
        return Double.NEGATIVE_INFINITY;
      }
      default -> {
        try {
          // Java's own takes 1d, 1f and hexadecimal too.
          good =
              !text.isEmpty()
                  && text.length() < 1_000
                  && "0123456789.".indexOf(text.charAt(text.length() - 1)) >= 0
                  && text.indexOf('x') < 0
                  && text.indexOf('X') < 0;
          return good ? Double.parseDouble(text) : 0;
        } catch (NumberFormatException e) {
          good = false;
          return 0;
        }
      }
    }
  }

  /** The unscaled value of a decimal of at most 18 digits; not good if digits would be lost. */
  long parseUnscaled(byte[] d, int from, int to, int precision, int scale) {
    if (shape == null) {
      return plainUnscaled(d, from, to, precision, scale);
    }
    good = shape.read(d, from, to);
    return good ? plainUnscaled(shape.plain(), 0, shape.length(), precision, scale) : 0;
  }

  private long plainUnscaled(byte[] d, int from, int to, int precision, int scale) {
    int p = from;
    boolean negative = p < to && d[p] == '-';
    if (negative || p < to && d[p] == '+') {
      p++;
    }
    good = false;
    long value = 0;
    int left = -1;
    int digits = 0;
    for (; p < to; p++) {
      int digit = d[p] - '0';
      if (digit >= 0 && digit <= 9) {
        if (left == 0) {
          if (digit != 0) {
            return 0;
          }
          continue;
        }
        left -= left > 0 ? 1 : 0;
        digits += value == 0 && digit == 0 ? 0 : 1;
        if (digits > 18) {
          return slowUnscaled(d, from, to, precision, scale);
        }
        value = value * 10 + digit;
      } else if (d[p] == '.' && left < 0) {
        left = scale;
      } else {
        return slowUnscaled(d, from, to, precision, scale);
      }
    }
    if (to == from || !isDigit(d[to - 1])) {
      return slowUnscaled(d, from, to, precision, scale);
    }
    int up = left < 0 ? scale : left;
    good = value == 0 || digits + up <= Math.min(precision, 18);
    return good ? (negative ? -value : value) * LONG_TENS[Math.min(up, 18)] : 0;
  }

  private long slowUnscaled(byte[] d, int from, int to, int precision, int scale) {
    BigDecimal value = plainDecimal(d, from, to, precision, scale);
    return good ? value.unscaledValue().longValueExact() : 0;
  }

  BigDecimal parseDecimal(byte[] d, int from, int to, int precision, int scale) {
    if (shape == null) {
      return plainDecimal(d, from, to, precision, scale);
    }
    good = shape.read(d, from, to);
    return good
        ? plainDecimal(shape.plain(), 0, shape.length(), precision, scale)
        : BigDecimal.ZERO;
  }

  private BigDecimal plainDecimal(byte[] d, int from, int to, int precision, int scale) {
    good = false;
    String text = text(d, from, to);
    if (text.length() > 200) {
      return BigDecimal.ZERO;
    }
    try {
      BigDecimal read = new BigDecimal(text);
      if (read.precision() - read.scale() > 400 || read.scale() > 400) {
        return BigDecimal.ZERO;
      }
      BigDecimal value = read.setScale(scale);
      good = value.precision() <= precision;
      return value;
    } catch (ArithmeticException | NumberFormatException e) {
      return BigDecimal.ZERO;
    }
  }

  /** The column of the first values, of floats where the type is. */
  static Column column(Type type, double[] values, int rows, @Nullable Bits nulls) {
    if (type.typeId() == Type.TypeID.DOUBLE) {
      return DoubleColumn.of(values.length == rows ? values : Arrays.copyOf(values, rows), nulls);
    }
    float[] floats = new float[rows];
    for (int row = 0; row < rows; row++) {
      floats[row] = (float) values[row];
    }
    return FloatColumn.of(floats, nulls);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static String text(byte[] d, int from, int to) {
    return new String(d, from, to - from, StandardCharsets.ISO_8859_1).strip();
  }
}

package dev.headwater.clients;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How values are said, whoever says them: one text for one value, in ASCII, without a line's end.
 *
 * <p>Floats and doubles by the bits of the double (so -0.0 is not 0.0, and all NaN are one);
 * decimals in full, with their scale; texts in quotes, bytes in hexadecimal; dates in days, times
 * and timestamps in microseconds (from 1970, UTC), in nanoseconds those that have some; structs
 * {@code {a,b}}, lists {@code [a,b]}, maps {@code <k=v,k=v>}, in the order of their keys' texts.
 */
public final class Said {
  private static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);
  private static final HexFormat HEX = HexFormat.of();

  private Said() {}

  /** A row, as a struct. */
  public static String row(@Nullable Object[] values) {
    return of(values);
  }

  /**
   * A value: of Java's own classes; an array of objects is a struct.
   *
   * @throws IllegalArgumentException if it is of another class
   */
  public static String of(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Float || value instanceof Double) {
      return "f" + Long.toHexString(Double.doubleToLongBits(((Number) value).doubleValue()));
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    if (value instanceof Boolean || value instanceof Number) {
      return value.toString();
    }
    if (value instanceof CharSequence text) {
      return quoted(text);
    }
    if (value instanceof UUID uuid) {
      return quoted(uuid.toString());
    }
    if (value instanceof byte[] bytes) {
      return "x" + HEX.formatHex(bytes);
    }
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return "x" + HEX.formatHex(bytes);
    }
    return value instanceof Object[] || value instanceof List || value instanceof Map
        ? nested(value)
        : time(value);
  }

  /** A count of days from 1970. */
  public static String days(long days) {
    return "d" + days;
  }

  /** A count of microseconds of a day. */
  public static String micros(long micros) {
    return "t" + micros;
  }

  /** A count of microseconds from 1970. */
  public static String timestamp(long micros) {
    return "u" + micros;
  }

  /** A count of nanoseconds from 1970. */
  public static String nanoseconds(long nanos) {
    return nanos % 1_000 == 0 ? timestamp(nanos / 1_000) : "n" + nanos;
  }

  private static String time(Object value) {
    if (value instanceof LocalDate date) {
      return days(date.toEpochDay());
    }
    if (value instanceof LocalTime time) {
      return micros(time.toNanoOfDay() / 1_000);
    }
    if (value instanceof Instant instant) {
      return time(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
    }
    if (value instanceof OffsetDateTime moment) {
      return time(moment.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime());
    }
    if (value instanceof LocalDateTime local) {
      return local.truncatedTo(ChronoUnit.MICROS).equals(local)
          ? timestamp(ChronoUnit.MICROS.between(EPOCH, local))
          : nanoseconds(ChronoUnit.NANOS.between(EPOCH, local));
    }
    throw new IllegalArgumentException("nobody says how to say a " + value.getClass());
  }

  private static String nested(Object value) {
    List<String> parts = new ArrayList<>();
    if (value instanceof Object[] struct) {
      for (Object field : struct) {
        parts.add(of(field));
      }
      return struct(parts);
    }
    if (value instanceof List<?> list) {
      for (Object element : list) {
        parts.add(of(element));
      }
      return list(parts);
    }
    ((Map<?, ?>) value).forEach((key, held) -> parts.add(of(key) + "=" + of(held)));
    return map(parts);
  }

  /** A struct of fields that are said already. */
  public static String struct(List<String> fields) {
    return "{" + String.join(",", fields) + "}";
  }

  /** A list of elements that are said already. */
  public static String list(List<String> elements) {
    return "[" + String.join(",", elements) + "]";
  }

  /** A map of entries that are said already, {@code k=v}. */
  public static String map(List<String> entries) {
    return "<" + String.join(",", entries.stream().sorted().toList()) + ">";
  }

  private static String quoted(CharSequence text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}

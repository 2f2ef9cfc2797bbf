package dev.headwater.columns.expr;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.types.Type;

/** Dates, times and timestamps as text and as the numbers that columns hold. */
final class Times {
  static final long DAY_MICROS = 86_400_000_000L;
  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "(\\d{4,6}-\\d{1,2}-\\d{1,2})"
              + "(?:[ T](\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?))?"
              + "\\s*(Z|[+-]\\d{2}:?\\d{2}|[A-Za-z][A-Za-z_]*(?:/[A-Za-z_+\\-0-9/]+)?)?");

  private Times() {}

  static int date(String text) {
    try {
      String[] parts = text.strip().split("-", -1);
      if (parts.length == 3) {
        return Math.toIntExact(
            LocalDate.of(
                    Integer.parseInt(parts[0]),
                    Integer.parseInt(parts[1]),
                    Integer.parseInt(parts[2]))
                .toEpochDay());
      }
    } catch (DateTimeException | NumberFormatException notOne) {
      // reported below, as every other text that is no date
    }
    throw new Call.Fault("'" + text + "' is not a date. Write it as yyyy-mm-dd.");
  }

  static long time(String text) {
    try {
      return timeOf(text.strip()).toNanoOfDay() / 1_000;
    } catch (DateTimeException | NumberFormatException notOne) {
      throw new Call.Fault("'" + text + "' is not a time. Write it as hh:mm:ss.");
    }
  }

  private static LocalTime timeOf(String text) {
    return LocalTime.parse(text.charAt(1) == ':' ? "0" + text : text);
  }

  /** The held number of a timestamp type. */
  static long timestamp(String text, Type type) {
    Matcher m = TIMESTAMP.matcher(text.strip());
    try {
      if (m.matches()) {
        LocalDate day = LocalDate.ofEpochDay(date(m.group(1)));
        LocalDateTime local =
            day.atTime(m.group(2) == null ? LocalTime.MIDNIGHT : timeOf(m.group(2)));
        if (m.group(3) == null) {
          return held(local, type);
        }
        if (SqlTypes.isZoned(type)) {
          ZoneId zone = ZoneId.of(m.group(3));
          return held(
              local.atZone(zone).withZoneSameInstant(ZoneOffset.UTC).toLocalDateTime(), type);
        }
      }
    } catch (DateTimeException | Call.Fault notOne) {
      // reported below, as every other text that is no timestamp
    }
    throw new Call.Fault(
        "'"
            + text
            + "' is not a "
            + SqlTypes.name(type)
            + ". Write it as yyyy-mm-dd or yyyy-mm-dd hh:mm:ss.");
  }

  static LocalDateTime local(long held, Type type) {
    long units = SqlTypes.unitsPerSecond(type);
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(held, units),
        (int) (Math.floorMod(held, units) * (1_000_000_000L / units)),
        ZoneOffset.UTC);
  }

  static long held(LocalDateTime local, Type type) {
    long units = SqlTypes.unitsPerSecond(type);
    try {
      return Math.addExact(
          Math.multiplyExact(local.toEpochSecond(ZoneOffset.UTC), units),
          local.get(java.time.temporal.ChronoField.NANO_OF_SECOND) / (1_000_000_000L / units));
    } catch (ArithmeticException overflow) {
      throw new Call.Fault(local + " does not fit into " + SqlTypes.name(type));
    }
  }

  static Instant instant(long held, Type type) {
    return local(held, type).toInstant(ZoneOffset.UTC);
  }

  /** As SQL writes it: a fraction only where there is one. */
  static String text(Object value, Type type) {
    if (SqlTypes.isDate(type)) {
      return LocalDate.ofEpochDay((Integer) value).toString();
    }
    if (SqlTypes.isTime(type)) {
      return clock(LocalTime.ofNanoOfDay((Long) value * 1_000));
    }
    LocalDateTime local = local((Long) value, type);
    return local.toLocalDate()
        + " "
        + clock(local.toLocalTime())
        + (SqlTypes.isZoned(type) ? " UTC" : "");
  }

  private static String clock(LocalTime time) {
    String text = time.toString();
    return text.length() == 5 ? text + ":00" : text;
  }

  /** The unit of this name, for date_trunc, date_add and date_diff. */
  static ChronoUnit unit(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "millisecond" -> ChronoUnit.MILLIS;
      case "second" -> ChronoUnit.SECONDS;
      case "minute" -> ChronoUnit.MINUTES;
      case "hour" -> ChronoUnit.HOURS;
      case "day" -> ChronoUnit.DAYS;
      case "week" -> ChronoUnit.WEEKS;
      case "month" -> ChronoUnit.MONTHS;
      case "quarter" -> java.time.temporal.ChronoUnit.FOREVER;
      case "year" -> ChronoUnit.YEARS;
      default ->
          throw new Call.Fault(
              "'"
                  + name
                  + "' is not a unit of time. "
                  + Words.meant(
                      name,
                      java.util.List.of(
                          "millisecond",
                          "second",
                          "minute",
                          "hour",
                          "day",
                          "week",
                          "month",
                          "quarter",
                          "year")));
    };
  }

  static LocalDateTime plus(LocalDateTime from, long n, ChronoUnit unit) {
    try {
      return unit == ChronoUnit.FOREVER
          ? from.plusMonths(Math.multiplyExact(n, 3))
          : from.plus(n, unit);
    } catch (DateTimeException | ArithmeticException e) {
      throw new Call.Fault(from + " plus " + n + " is beyond all dates");
    }
  }

  /** Whole units from one to the other. */
  static long between(LocalDateTime from, LocalDateTime to, ChronoUnit unit) {
    return unit == ChronoUnit.FOREVER
        ? ChronoUnit.MONTHS.between(from, to) / 3
        : unit.between(from, to);
  }

  static LocalDateTime truncate(LocalDateTime t, ChronoUnit unit) {
    LocalDate day = t.toLocalDate();
    return switch (unit) {
      case WEEKS -> day.minusDays(day.getDayOfWeek().getValue() - 1L).atStartOfDay();
      case MONTHS -> day.withDayOfMonth(1).atStartOfDay();
      case FOREVER ->
          LocalDate.of(day.getYear(), (day.getMonthValue() - 1) / 3 * 3 + 1, 1).atStartOfDay();
      case YEARS -> LocalDate.of(day.getYear(), 1, 1).atStartOfDay();
      default -> t.truncatedTo(unit);
    };
  }
}

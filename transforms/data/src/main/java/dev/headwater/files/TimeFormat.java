package dev.headwater.files;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalTime;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times out of text: ISO 8601 (a space instead of the T, seconds and fractions optional)
 * without an object each, or by a pattern. One thread.
 */
final class TimeFormat {
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  /** In the place of a unit's microseconds. */
  private static final long NANOS = Long.MAX_VALUE;

  private static final int[] FRACTION = {0, 100_000, 10_000, 1_000, 100, 10, 1};

  private final @Nullable TimePattern pattern;
  private final long epochUnit;
  private final TextNumbers numbers = new TextNumbers();
  private boolean good;

  /** The last value had an offset from UTC. */
  private boolean zoned;

  private TimeFormat(@Nullable TimePattern pattern, long epochUnit) {
    this.pattern = pattern;
    this.epochUnit = epochUnit;
  }

  /**
   * A format.
   *
   * @param text null for ISO 8601
   * @throws IllegalArgumentException if it is no pattern
   */
  static TimeFormat of(@Nullable String text) {
    if (text == null) {
      return new TimeFormat(null, 0);
    }
    return switch (text) {
      case "epoch_s" -> new TimeFormat(null, 1_000_000);
      case "epoch_ms" -> new TimeFormat(null, 1_000);
      case "epoch_us" -> new TimeFormat(null, 1);
      case "epoch_ns" -> new TimeFormat(null, NANOS);
      case "epoch_d" -> new TimeFormat(null, MICROS_PER_DAY);
      default -> new TimeFormat(TimePattern.of(text), 0);
    };
  }

  boolean isGood() {
    return good;
  }

  /** Days since 1970. */
  int parseDate(byte[] d, int from, int to) {
    good = false;
    if (pattern != null) {
      LocalDate date = pattern.date(d, from, to);
      good = date != null;
      return date == null ? 0 : (int) date.toEpochDay();
    }
    if (epochUnit > 0) {
      return (int) Math.floorDiv(epoch(d, from, to), MICROS_PER_DAY);
    }
    if (to - from != 10) {
      return 0;
    }
    return days(d, from);
  }

  private int days(byte[] d, int from) {
    int year = digits(d, from, 4);
    int month = digits(d, from + 5, 2);
    int day = digits(d, from + 8, 2);
    good =
        year >= 0
            && month >= 1
            && month <= 12
            && day >= 1
            && d[from + 4] == '-'
            && d[from + 7] == '-'
            && day <= (day <= 28 ? 28 : length(year, month));
    if (!good) {
      return 0;
    }
    // Days from the civil calendar, the year beginning in March.
    int y = month <= 2 ? year - 1 : year;
    int era = Math.floorDiv(y, 400);
    int ofEra = y - era * 400;
    int ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468;
  }

  private static int length(int year, int month) {
    if (month == 2) {
      return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }

  /** Microseconds of the day. */
  long parseTime(byte[] d, int from, int to) {
    good = false;
    if (pattern != null) {
      LocalTime time = pattern.time(d, from, to);
      good = time != null;
      return time == null ? 0 : time.toNanoOfDay() / 1_000;
    }
    if (epochUnit > 0) {
      return epoch(d, from, to);
    }
    long micros = clock(d, from, to);
    good &= at == to;
    return micros;
  }

  /** Where the clock's digits ended. */
  private int at;

  private long clock(byte[] d, int from, int to) {
    good = false;
    if (to - from < 5 || d[from + 2] != ':') {
      return 0;
    }
    int hour = digits(d, from, 2);
    int minute = digits(d, from + 3, 2);
    int second = 0;
    int micros = 0;
    at = from + 5;
    if (at + 2 < to && d[at] == ':') {
      second = digits(d, at + 1, 2);
      at += 3;
      if (at + 1 < to && (d[at] == '.' || d[at] == ',')) {
        int begin = ++at;
        while (at < to && d[at] >= '0' && d[at] <= '9') {
          micros = at - begin < 6 ? micros * 10 + d[at] - '0' : micros;
          at++;
        }
        if (at == begin) {
          return 0;
        }
        micros *= FRACTION[Math.min(6, at - begin)] == 0 ? 1 : FRACTION[Math.min(6, at - begin)];
      }
    }
    good = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
    return ((hour * 60L + minute) * 60 + second) * 1_000_000 + micros;
  }

  /**
   * Microseconds since 1970.
   *
   * @param utc whether the value is a moment: an offset counts, and UTC is meant without one;
   *     otherwise it must have none
   */
  long parseTimestamp(byte[] d, int from, int to, boolean utc) {
    good = false;
    zoned = false;
    if (pattern != null) {
      TimePattern.Moment moment = pattern.moment(d, from, to);
      zoned = moment != null && moment.zoned();
      good = moment != null && (utc || !zoned);
      return moment == null ? 0 : moment.micros();
    }
    if (epochUnit > 0) {
      return epoch(d, from, to);
    }
    if (to - from < 10) {
      return 0;
    }
    long day = days(d, from) * MICROS_PER_DAY;
    if (!good || to - from == 10) {
      return day;
    }
    if (d[from + 10] != 'T' && d[from + 10] != ' ') {
      good = false;
      return 0;
    }
    long micros = clock(d, from + 11, to);
    if (good && at < to) {
      zoned = true;
      micros -= offset(d, to);
      good &= utc;
    }
    return day + micros;
  }

  boolean isZoned() {
    return zoned;
  }

  private long offset(byte[] d, int to) {
    int p = at;
    if (d[p] == ' ') {
      p++;
    }
    if (p < to && (d[p] == 'Z' || d[p] == 'z') && p + 1 == to) {
      return 0;
    }
    good = false;
    int sign = p < to && d[p] == '-' ? -1 : 1;
    if (p >= to || sign > 0 && d[p] != '+') {
      return 0;
    }
    int length = to - ++p;
    int hours = length >= 2 ? digits(d, p, 2) : -1;
    int minutes =
        length == 5 && d[p + 2] == ':'
            ? digits(d, p + 3, 2)
            : length == 4 ? digits(d, p + 2, 2) : length == 2 ? 0 : -1;
    good = hours >= 0 && hours <= 18 && minutes >= 0 && minutes < 60;
    return sign * (hours * 60L + minutes) * 60_000_000;
  }

  private long epoch(byte[] d, int from, int to) {
    if (epochUnit == 1 || epochUnit == NANOS) {
      long value = numbers.parseLong(d, from, to);
      good = numbers.isGood();
      return epochUnit == 1 ? value : Math.floorDiv(value, 1_000L);
    }
    // Fractions of seconds are frequent in logs.
    BigDecimal value = numbers.parseDecimal(d, from, to, 38, 9);
    if (!numbers.isGood()) {
      return 0;
    }
    try {
      BigDecimal micros = value.multiply(BigDecimal.valueOf(epochUnit));
      good = true;
      return micros.setScale(0, RoundingMode.FLOOR).longValueExact();
    } catch (ArithmeticException e) {
      good = false;
      return 0;
    }
  }

  private static int digits(byte[] d, int from, int count) {
    int value = 0;
    for (int i = from; i < from + count; i++) {
      int digit = d[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}

package dev.headwater.files;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Dates and times out of text by a pattern of Java's, in English; null for what doesn't fit it. */
final class TimePattern {
  private static final int LONGEST = 64;
  private static final ZonedDateTime EPOCH = LocalDate.EPOCH.atStartOfDay(ZoneOffset.UTC);

  private final DateTimeFormatter format;

  private TimePattern(DateTimeFormatter format) {
    this.format = format;
  }

  /**
   * A pattern: dd.MM.yyyy.
   *
   * @throws IllegalArgumentException if it is none
   */
  static TimePattern of(String text) {
    try {
      // yyyy is what everybody writes; strict resolving wants uuuu.
      return new TimePattern(
          new DateTimeFormatterBuilder()
              .parseCaseInsensitive()
              .appendPattern(text.replace("yyyy", "uuuu"))
              .toFormatter(Locale.ENGLISH)
              .withResolverStyle(ResolverStyle.STRICT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no pattern of dates: "
              + e.getMessage()
              + ". Write dd.MM.yyyy, "
              + "MM/dd/yyyy HH:mm, epoch_s, epoch_ms, epoch_us, epoch_ns or epoch_d (days)",
          e);
    }
  }

  /**
   * A point in time.
   *
   * @param micros since 1970; in UTC where no zone was said
   */
  record Moment(long micros, boolean zoned) {}

  @Nullable LocalDate date(byte[] d, int from, int to) {
    TemporalAccessor parsed = parse(d, from, to);
    return parsed == null ? null : parsed.query(TemporalQueries.localDate());
  }

  @Nullable LocalTime time(byte[] d, int from, int to) {
    TemporalAccessor parsed = parse(d, from, to);
    return parsed == null ? null : parsed.query(TemporalQueries.localTime());
  }

  /** Of a date alone its midnight. */
  @Nullable Moment moment(byte[] d, int from, int to) {
    TemporalAccessor parsed = parse(d, from, to);
    LocalDate date = parsed == null ? null : parsed.query(TemporalQueries.localDate());
    if (parsed == null || date == null) {
      return null;
    }
    LocalTime time = parsed.query(TemporalQueries.localTime());
    ZoneId zone = parsed.query(TemporalQueries.zone());
    ZonedDateTime at =
        date.atTime(time == null ? LocalTime.MIDNIGHT : time)
            .atZone(zone == null ? ZoneOffset.UTC : zone);
    return new Moment(ChronoUnit.MICROS.between(EPOCH, at), zone != null);
  }

  /** A moment as it is written; zones are UTC. */
  String write(long micros) {
    return format.format(EPOCH.plus(micros, ChronoUnit.MICROS));
  }

  private @Nullable TemporalAccessor parse(byte[] d, int from, int to) {
    if (to - from > LONGEST) {
      return null;
    }
    try {
      return format.parse(new String(d, from, to - from, StandardCharsets.UTF_8).strip());
    } catch (DateTimeException e) {
      return null;
    }
  }
}

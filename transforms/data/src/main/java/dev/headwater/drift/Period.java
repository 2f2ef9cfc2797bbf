package dev.headwater.drift;

import java.time.LocalDate;

/** How time is cut into what is compared; weeks begin on Monday, all in UTC. */
public enum Period {
  HOUR,
  DAY,
  WEEK,
  MONTH;

  private static final long HOUR_MICROS = 3_600_000_000L;
  private static final long DAY_MICROS = 24 * HOUR_MICROS;

  /** The microseconds at which the period begins that holds this time. */
  public long start(long micros) {
    long day = Math.floorDiv(micros, DAY_MICROS);
    return switch (this) {
      case HOUR -> Math.floorDiv(micros, HOUR_MICROS) * HOUR_MICROS;
      case DAY -> day * DAY_MICROS;
      case WEEK -> (day - Math.floorMod(day + 3, 7L)) * DAY_MICROS;
      case MONTH -> LocalDate.ofEpochDay(day).withDayOfMonth(1).toEpochDay() * DAY_MICROS;
    };
  }
}

package dev.headwater.pipelines.project;

import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/**
 * How rows become training and holdout, by time: training is before {@code trainUntil}, the holdout
 * from there to before {@code holdoutUntil}; rows after that are not read.
 *
 * @param by the column
 */
public record Split(String by, LocalDateTime trainUntil, LocalDateTime holdoutUntil) {
  public Split {
    if (!trainUntil.isBefore(holdoutUntil)) {
      throw new IllegalArgumentException(
          "train_until " + trainUntil + " is not before holdout_until " + holdoutUntil);
    }
  }

  /** Microseconds since 1970, as a timestamp column without zone holds them. */
  public static long micros(LocalDateTime time) {
    return ChronoUnit.MICROS.between(LocalDateTime.of(1970, 1, 1, 0, 0), time);
  }
}

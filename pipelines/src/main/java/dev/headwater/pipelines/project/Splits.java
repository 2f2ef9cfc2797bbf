package dev.headwater.pipelines.project;

import java.time.LocalDateTime;

/** A split while it is written in Java: {@code by("date").trainUntil(...).holdoutUntil(...)}. */
public final class Splits {
  private final String by;

  private Splits(String by) {
    this.by = by;
  }

  /** By the time in this column. */
  public static Splits by(String column) {
    return new Splits(column);
  }

  /** Training rows are before this date ("2001-05-01"). */
  public Training trainUntil(String date) {
    return new Training(by, Values.date(date));
  }

  /** Half a split. */
  public record Training(String by, LocalDateTime trainUntil) {
    /** Holdout rows are from there to before this date. */
    public Split holdoutUntil(String date) {
      return new Split(by, trainUntil, Values.date(date));
    }
  }
}

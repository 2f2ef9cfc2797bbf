package dev.headwater.columns.expr;

/** Constants that are written as expressions, for declarations that need a value, not a column. */
@SuppressWarnings("DoNotCallSuggester")
public final class Literals {
  private Literals() {}

  /**
   * The microseconds of an interval of days, hours, minutes and seconds: {@code interval '6' hour}.
   *
   * @throws ExpressionException if the text is not such an interval
   */
  public static long intervalMicros(String sql) {
    throw new UnsupportedOperationException("intervals are not yet parsed");
  }

  /**
   * The microseconds since 1970 of a date or timestamp, in UTC where no zone is written: {@code
   * 2001-05-01}, {@code 2001-05-01 12:00:00}.
   *
   * @throws ExpressionException if the text is neither
   */
  public static long timestampMicros(String text) {
    throw new UnsupportedOperationException("timestamps are not yet parsed");
  }
}

package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import java.util.List;

/** Constants that are written as expressions, for declarations that need a value, not a column. */
public final class Literals {
  private Literals() {}

  /**
   * The microseconds of an interval of days, hours, minutes and seconds: {@code interval '6' hour}.
   *
   * @throws ExpressionException if the text is not such an interval
   */
  public static long intervalMicros(String sql) {
    if (Expression.constant(sql) instanceof Constant c
        && c.type == SqlTypes.INTERVAL
        && c.value instanceof Long micros) {
      return micros;
    }
    throw new ExpressionException(
        sql, List.of(new Problem(1, 1, "this is not an interval. Write interval '6' hour.")));
  }

  /**
   * The microseconds since 1970 of a date or timestamp, in UTC where no zone is written: {@code
   * 2001-05-01}, {@code 2001-05-01 12:00:00}.
   *
   * @throws ExpressionException if the text is neither
   */
  public static long timestampMicros(String text) {
    try {
      return Times.timestamp(text, org.apache.iceberg.types.Types.TimestampType.withZone());
    } catch (Call.Fault fault) {
      String what = "'" + text + "' is not a date. Write it as yyyy-mm-dd or yyyy-mm-dd hh:mm:ss.";
      throw new ExpressionException(text, List.of(new Problem(1, 1, what)));
    }
  }
}

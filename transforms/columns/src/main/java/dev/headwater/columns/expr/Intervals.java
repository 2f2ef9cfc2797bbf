package dev.headwater.columns.expr;

import io.trino.sql.tree.IntervalLiteral;
import io.trino.sql.tree.IntervalLiteral.IntervalField;
import java.math.BigDecimal;
import java.util.Locale;

/** Intervals as they are written: one number of one unit. */
final class Intervals {
  private Intervals() {}

  static Node of(IntervalLiteral tree) {
    IntervalField unit = tree.getStartField();
    if (tree.getEndField().isPresent()) {
      throw new Mistake("write an interval of one unit, and add two for more.");
    }
    String text = tree.getValue().strip();
    try {
      BigDecimal number =
          new BigDecimal(text).multiply(new BigDecimal(tree.getSign().multiplier()));
      boolean months = unit == IntervalField.YEAR || unit == IntervalField.MONTH;
      return new Constant(
          months ? SqlTypes.MONTHS : SqlTypes.INTERVAL,
          number.multiply(BigDecimal.valueOf(size(unit))).longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      String name = unit.name().toLowerCase(Locale.ROOT);
      throw new Mistake(
          "'" + text + "' is not a number of " + name + "s. Write interval '6' " + name + ".");
    }
  }

  private static long size(IntervalField unit) {
    return switch (unit) {
      case YEAR -> 12;
      case MONTH -> 1;
      case DAY -> Times.DAY_MICROS;
      case HOUR -> 3_600_000_000L;
      case MINUTE -> 60_000_000L;
      case SECOND -> 1_000_000L;
    };
  }
}

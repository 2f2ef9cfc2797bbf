package dev.headwater.aggregate;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One number an event carries for the aggregates, as 64 bits: a partial count, sum, least or
 * greatest value, or a value as it is. Aggregates that need the same number share the lane.
 *
 * @param argument what the aggregate takes; Java's null: the row itself
 * @param filter which rows count; Java's null: all
 */
public record Lane(Kind kind, @Nullable Expression argument, @Nullable Expression filter)
    implements Serializable {
  /** What the number is, and how the numbers of two events become one event's. */
  public enum Kind {
    /** Rows, or values that are not null. */
    COUNT,
    /** Conditions that are true. */
    TRUE,
    /** The sum of integers or of decimals of at most 18 digits. */
    SUM,
    /** The least value, as a number of the same order; nothing: the greatest number. */
    MIN,
    /** The greatest value, as a number of the same order; nothing: the least number. */
    MAX,
    /** An integer as it is. */
    VALUE,
    /** A double's bits. */
    BITS,
    /** A 128-bit decimal's high half. */
    HIGH,
    /** A 128-bit decimal's low half. */
    LOW;

    public boolean combines() {
      return switch (this) {
        case COUNT, TRUE, SUM, MIN, MAX -> true;
        case VALUE, BITS, HIGH, LOW -> false;
      };
    }
  }

  /** How many rows there are. */
  public static final Lane ROWS = new Lane(Kind.COUNT, null, null);

  /** Equal for lanes that hold the same numbers. */
  public String id() {
    return kind
        + "/"
        + (argument == null ? "" : argument.canonical())
        + "/"
        + (filter == null ? "" : filter.canonical());
  }

  /** One event's number from two events'; throws ArithmeticException if it has no 64 bits. */
  public long combine(long a, long b) {
    return switch (kind) {
      case COUNT, TRUE, SUM -> Math.addExact(a, b);
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      default -> throw new IllegalStateException(kind + " does not combine");
    };
  }

  public long[] of(RowBatch batch) {
    int n = batch.size();
    long[] out = new long[n];
    Bits kept = filter == null ? null : filter.select(batch);
    if (argument == null) {
      for (int i = 0; i < n; i++) {
        out[i] = kept == null || kept.get(i) ? 1 : 0;
      }
      return out;
    }
    Column column = argument.evaluate(batch);
    Bits nulls = column.nulls();
    long nothing = nothing();
    for (int i = 0; i < n; i++) {
      boolean counts = (nulls == null || !nulls.get(i)) && (kept == null || kept.get(i));
      out[i] = counts ? number(column, i) : nothing;
    }
    return out;
  }

  /** The number of what doesn't count. */
  public long nothing() {
    return kind == Kind.MIN ? Long.MAX_VALUE : kind == Kind.MAX ? Long.MIN_VALUE : 0;
  }

  private long number(Column column, int row) {
    return switch (kind) {
      case COUNT -> 1;
      case TRUE -> ((BooleanColumn) column).values()[row] ? 1 : 0;
      case BITS -> Double.doubleToRawLongBits(floating(column, row));
      case HIGH -> Objects.requireNonNull(((DecimalColumn) column).high())[row];
      case LOW -> ((DecimalColumn) column).low()[row];
      case MIN, MAX ->
          column instanceof DoubleColumn || column instanceof FloatColumn
              ? ordered(floating(column, row))
              : integer(column, row);
      case SUM, VALUE -> integer(column, row);
    };
  }

  private static long integer(Column column, int row) {
    if (column instanceof LongColumn c) {
      return c.values()[row];
    }
    if (column instanceof IntColumn c) {
      return c.values()[row];
    }
    if (column instanceof DecimalColumn c) {
      return c.low()[row];
    }
    return ((BooleanColumn) column).values()[row] ? 1 : 0;
  }

  private static double floating(Column column, int row) {
    return column instanceof DoubleColumn c
        ? c.values()[row]
        : ((FloatColumn) column).values()[row];
  }

  /** A number of the same order as the doubles, -0.0 before 0.0, NaN last. */
  public static long ordered(double value) {
    long bits = Double.doubleToLongBits(value);
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  /** The double of such a number. */
  static double unordered(long number) {
    return Double.longBitsToDouble(number ^ (number >> 63 & Long.MAX_VALUE));
  }
}

package dev.headwater.columns.expr;

import dev.headwater.columns.Column;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.expr.SqlTypes.Held;
import java.util.List;
import org.apache.iceberg.types.Type;

/** Values brought to another type without loss of meaning, in a loop; others: {@link Casts}. */
final class Cast extends Node {
  private final long factor;

  private Cast(Type type, Node of, long factor) {
    super(type, false, List.of(of));
    this.factor = factor;
  }

  Node of() {
    return children.get(0);
  }

  /** A node of this type; the caller has checked that the cast exists. */
  static Node to(Type type, Node of) {
    if (of.type.equals(type)) {
      return of;
    }
    if (of instanceof Constant constant) {
      Object value = constant.value;
      return new Constant(type, value == null ? null : Casts.convert(value, of.type, type));
    }
    Held from = SqlTypes.held(of.type);
    Held into = SqlTypes.held(type);
    boolean whole = from == Held.INT || from == Held.LONG;
    boolean number = SqlTypes.isNumber(of.type) && SqlTypes.isNumber(type);
    if (number
        && (into == Held.LONG && whole
            || into == Held.DOUBLE && (whole || from == Held.FLOAT)
            || into == Held.FLOAT && whole)) {
      return new Cast(type, of, 1);
    }
    if (SqlTypes.isDate(of.type) && SqlTypes.isTimestamp(type) && !SqlTypes.isNanos(type)) {
      return new Cast(type, of, Times.DAY_MICROS);
    }
    if (from == into
        && SqlTypes.isTimestamp(of.type)
        && SqlTypes.isTimestamp(type)
        && SqlTypes.isNanos(of.type) == SqlTypes.isNanos(type)) {
      return new Cast(type, of, 1);
    }
    boolean fails = Casts.mayFail(of.type, type);
    return new Call(type, fails, a -> Casts.convert(a[0], of.type, type), List.of(of));
  }

  @Override
  Column compute(Rows rows) {
    Column column = of().evaluate(rows);
    if (SqlTypes.held(type) == Held.LONG) {
      long[] values = Compare.longs(column);
      if (factor == 1) {
        return LongColumn.of(values, column.nulls());
      }
      long[] out = new long[values.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = values[i] * factor;
      }
      return LongColumn.of(out, column.nulls());
    }
    if (column instanceof FloatColumn) {
      return DoubleColumn.of(Compare.doubles(column), column.nulls());
    }
    long[] values = Compare.longs(column);
    if (SqlTypes.held(type) == Held.FLOAT) {
      float[] out = new float[values.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = values[i];
      }
      return FloatColumn.of(out, column.nulls());
    }
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i];
    }
    return DoubleColumn.of(out, column.nulls());
  }
}

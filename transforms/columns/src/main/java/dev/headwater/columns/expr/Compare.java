package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.expr.Comparison.Op;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Two values of one type compared; null where either is. */
final class Compare extends Node {
  final Op op;
  final Node left;
  final Node right;

  private Compare(Op op, Node left, Node right) {
    super(SqlTypes.BOOLEAN, false, List.of(left, right));
    this.op = op;
    this.left = left;
    this.right = right;
  }

  /** A constant stands on the right. */
  static Compare of(Op op, Node left, Node right) {
    return left instanceof Constant && !(right instanceof Constant)
        ? new Compare(op.flip(), right, left)
        : new Compare(op, left, right);
  }

  @Override
  Column compute(Rows rows) {
    Column a = left.evaluate(rows);
    if (right instanceof Constant constant) {
      Object value = constant.value;
      return value == null
          ? Cells.repeat(type, null, rows.size())
          : BooleanColumn.of(Comparison.clear(with(a, value), a.nulls()), a.nulls());
    }
    Column b = right.evaluate(rows);
    Bits nulls = Cells.either(a.nulls(), b.nulls());
    return BooleanColumn.of(Comparison.clear(between(op, a, b), nulls), nulls);
  }

  private boolean[] with(Column a, Object value) {
    if (a instanceof IntColumn c) {
      return Comparison.of(op, c.values(), ((Integer) value).longValue());
    } else if (a instanceof LongColumn c) {
      return Comparison.of(op, c.values(), (Long) value);
    } else if (a instanceof DoubleColumn c) {
      return Comparison.of(op, c.values(), (Double) value);
    } else if (a instanceof FloatColumn) {
      return Comparison.of(op, doubles(a), ((Float) value).doubleValue());
    } else if (a instanceof DecimalColumn c && c.high() == null) {
      return Comparison.of(op, c.low(), ((BigDecimal) value).unscaledValue().longValue());
    } else if (SqlTypes.held(left.type) == SqlTypes.Held.BYTES) {
      return bytes(op, Cells.plain(a), Cells.toBytes(value));
    }
    return between(op, a, Cells.repeat(right.type, value, a.size()));
  }

  static boolean[] between(Op op, Column a, Column b) {
    if (a instanceof IntColumn || a instanceof LongColumn || a instanceof BooleanColumn) {
      return Comparison.of(op, longs(a), longs(b));
    } else if (a instanceof DoubleColumn || a instanceof FloatColumn) {
      return Comparison.of(op, doubles(a), doubles(b));
    } else if (a instanceof DecimalColumn c && b instanceof DecimalColumn d) {
      return c.high() == null && d.high() == null
          ? Comparison.of(op, c.low(), d.low())
          : decimals(op, c, d);
    }
    return bytes(op, Cells.plain(a), Cells.plain(b));
  }

  static long[] longs(Column column) {
    if (column instanceof LongColumn c) {
      return c.values();
    }
    long[] out = new long[column.size()];
    if (column instanceof IntColumn c) {
      int[] values = c.values();
      for (int i = 0; i < out.length; i++) {
        out[i] = values[i];
      }
    } else {
      boolean[] values = ((BooleanColumn) column).values();
      for (int i = 0; i < out.length; i++) {
        out[i] = values[i] ? 1 : 0;
      }
    }
    return out;
  }

  static double[] doubles(Column column) {
    if (column instanceof DoubleColumn c) {
      return c.values();
    }
    float[] values = ((FloatColumn) column).values();
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i];
    }
    return out;
  }

  private static boolean[] decimals(Op op, DecimalColumn a, DecimalColumn b) {
    boolean[] out = new boolean[a.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = op.holds(a.get(i).compareTo(b.get(i)));
    }
    return out;
  }

  private static boolean[] bytes(Op op, BytesColumn a, byte[] b) {
    byte[] data = a.data();
    int[] at = a.offsets();
    boolean[] out = new boolean[a.size()];
    if (op == Op.EQ || op == Op.NE) {
      for (int i = 0; i < out.length; i++) {
        out[i] = Arrays.equals(data, at[i], at[i + 1], b, 0, b.length) == (op == Op.EQ);
      }
    } else {
      for (int i = 0; i < out.length; i++) {
        out[i] = op.holds(Arrays.compareUnsigned(data, at[i], at[i + 1], b, 0, b.length));
      }
    }
    return out;
  }

  private static boolean[] bytes(Op op, BytesColumn a, BytesColumn b) {
    int[] x = a.offsets();
    int[] y = b.offsets();
    boolean[] out = new boolean[a.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = op.holds(Arrays.compareUnsigned(a.data(), x[i], x[i + 1], b.data(), y[i], y[i + 1]));
    }
    return out;
  }

  /** Whether two values differ, null being a value like any other: never null itself. */
  static final class Distinct extends Node {
    private final Node left;
    private final Node right;

    Distinct(Node left, Node right) {
      super(SqlTypes.BOOLEAN, false, List.of(left, right));
      this.left = left;
      this.right = right;
    }

    @Override
    Column compute(Rows rows) {
      Column a = left.evaluate(rows);
      Column b = right.evaluate(rows);
      boolean[] out = between(Op.NE, a, b);
      @Nullable Bits nulls = Cells.either(a.nulls(), b.nulls());
      if (nulls != null) {
        for (int row : nulls.positions()) {
          out[row] = a.isNull(row) != b.isNull(row);
        }
      }
      return BooleanColumn.of(out, null);
    }
  }

  /** Whether a value is null. */
  static final class IsNull extends Node {
    final Node of;

    IsNull(Node of) {
      super(SqlTypes.BOOLEAN, false, List.of(of));
      this.of = of;
    }

    @Override
    Column compute(Rows rows) {
      boolean[] out = new boolean[rows.size()];
      Bits nulls = of.evaluate(rows).nulls();
      if (nulls != null) {
        for (int row : nulls.positions()) {
          out[row] = true;
        }
      }
      return BooleanColumn.of(out, null);
    }
  }
}

package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * The five operations on two columns of one type: integers (long, also the held form of times and
 * intervals) are exact or fail, floating point follows IEEE 754. Decimals: {@link Call}.
 */
final class Arithmetic extends Node {
  /** What is computed. */
  enum Op {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    MODULUS("%");

    final String sql;

    Op(String sql) {
      this.sql = sql;
    }
  }

  private final Op op;
  private final Node left;
  private final Node right;

  Arithmetic(Op op, Type type, Node left, Node right) {
    super(type, !SqlTypes.isFloating(type), List.of(left, right));
    this.op = op;
    this.left = left;
    this.right = right;
  }

  @Override
  Column compute(Rows rows) {
    Column a = left.evaluate(rows);
    Column b = right.evaluate(rows);
    Bits nulls = Cells.either(a.nulls(), b.nulls());
    if (a instanceof DoubleColumn x && b instanceof DoubleColumn y) {
      return doubles(x.values(), y.values(), nulls);
    } else if (a instanceof FloatColumn x && b instanceof FloatColumn y) {
      return floats(x.values(), y.values(), nulls);
    }
    long[] out = integers(Compare.longs(a), Compare.longs(b), nulls);
    if (nulls != null) {
      for (int row : nulls.positions()) {
        out[row] = 0;
      }
    }
    return SqlTypes.held(type) == SqlTypes.Held.INT
        ? IntColumn.of(ints(out), nulls)
        : LongColumn.of(out, nulls);
  }

  private long[] integers(long[] a, long[] b, @Nullable Bits nulls) {
    int n = a.length;
    long[] out = new long[n];
    long bad = 0;
    switch (op) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          long r = a[i] + b[i];
          out[i] = r;
          bad |= (a[i] ^ r) & (b[i] ^ r);
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < n; i++) {
          long r = a[i] - b[i];
          out[i] = r;
          bad |= (a[i] ^ b[i]) & (a[i] ^ r);
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < n; i++) {
          long r = a[i] * b[i];
          out[i] = r;
          bad |= Math.multiplyHigh(a[i], b[i]) == r >> 63 ? 0 : -1;
        }
      }
      case DIVIDE, MODULUS -> {
        for (int i = 0; i < n; i++) {
          long by = b[i] == 0 ? 1 : b[i];
          out[i] = op == Op.DIVIDE ? a[i] / by : a[i] % by;
          bad |= b[i] == 0 || (op == Op.DIVIDE && b[i] == -1 && a[i] == Long.MIN_VALUE) ? -1 : 0;
        }
      }
    }
    if (bad < 0) {
      findFault(a, b, nulls);
    }
    return out;
  }

  private void findFault(long[] a, long[] b, @Nullable Bits nulls) {
    for (int i = 0; i < a.length; i++) {
      if (nulls != null && nulls.get(i)) {
        continue;
      }
      if (b[i] == 0 && (op == Op.DIVIDE || op == Op.MODULUS)) {
        throw fault(i, "division by zero: " + a[i] + " " + op.sql + " 0");
      }
      try {
        switch (op) {
          case ADD -> Math.addExact(a[i], b[i]);
          case SUBTRACT -> Math.subtractExact(a[i], b[i]);
          case MULTIPLY -> Math.multiplyExact(a[i], b[i]);
          default -> {
            if (op == Op.DIVIDE && b[i] == -1 && a[i] == Long.MIN_VALUE) {
              throw new ArithmeticException();
            }
          }
        }
      } catch (ArithmeticException overflow) {
        throw overflow(i, a[i], b[i]);
      }
    }
  }

  private RowFault overflow(int row, long a, long b) {
    return fault(row, a + " " + op.sql + " " + b + " does not fit into " + SqlTypes.name(type));
  }

  private int[] ints(long[] values) {
    int[] out = new int[values.length];
    long bad = 0;
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) values[i];
      bad |= values[i] ^ out[i];
    }
    if (bad != 0) {
      for (int i = 0; i < out.length; i++) {
        if (values[i] != out[i]) {
          throw fault(i, "the result " + values[i] + " does not fit into " + SqlTypes.name(type));
        }
      }
    }
    return out;
  }

  private Column doubles(double[] a, double[] b, @Nullable Bits nulls) {
    int n = a.length;
    double[] out = new double[n];
    switch (op) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] + b[i];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] - b[i];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] * b[i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] / b[i];
        }
      }
      case MODULUS -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] % b[i];
        }
      }
    }
    if (nulls != null) {
      for (int row : nulls.positions()) {
        out[row] = 0;
      }
    }
    return DoubleColumn.of(out, nulls);
  }

  /** Each result rounded once to a float: double arithmetic on floats loses nothing before. */
  private Column floats(float[] a, float[] b, @Nullable Bits nulls) {
    float[] out = new float[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] =
          switch (op) {
            case ADD -> a[i] + b[i];
            case SUBTRACT -> a[i] - b[i];
            case MULTIPLY -> a[i] * b[i];
            case DIVIDE -> a[i] / b[i];
            case MODULUS -> a[i] % b[i];
          };
    }
    if (nulls != null) {
      for (int row : nulls.positions()) {
        out[row] = 0;
      }
    }
    return FloatColumn.of(out, nulls);
  }
}

package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DoubleColumn;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** A function that is called for each row; null if an argument is, unless it takes nulls. */
final class Call extends Node {
  /** What is called; throws {@link Fault} where there is no value. */
  interface Function {
    @Nullable Object apply(Object[] arguments);
  }

  /** Why a function has no value. Has no stack trace. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    Fault(String what) {
      super(what, null, false, false);
    }
  }

  private final Function function;

  Call(Type type, boolean fails, Function function, List<Node> arguments) {
    super(type, fails, arguments);
    this.function = function;
  }

  @Override
  Column compute(Rows rows) {
    int n = rows.size();
    int arity = children.size();
    Column[] columns = new Column[arity];
    @Nullable Object[] arguments = new @Nullable Object[arity];
    Bits nulls = null;
    for (int a = 0; a < arity; a++) {
      if (children.get(a) instanceof Constant c && c.value != null) {
        arguments[a] = c.value;
      } else {
        columns[a] = children.get(a).evaluate(rows);
        nulls = Cells.either(nulls, columns[a].nulls());
      }
    }
    @Nullable Object[] out = new @Nullable Object[n];
    for (int i = 0; i < n; i++) {
      if (nulls != null && nulls.get(i)) {
        continue;
      }
      for (int a = 0; a < arity; a++) {
        Column column = columns[a];
        if (column != null) {
          arguments[a] = Cells.at(column, children.get(a).type, i);
        }
      }
      try {
        out[i] = call(arguments);
      } catch (Fault fault) {
        throw fault(i, String.valueOf(fault.getMessage()));
      }
    }
    return Cells.column(type, out);
  }

  @SuppressWarnings("NullAway") // rows with a null were left out before
  private @Nullable Object call(@Nullable Object[] arguments) {
    return function.apply(arguments);
  }

  /** A function of a double, in a loop over the array. */
  static final class OfDouble extends Node {
    private final DoubleUnaryOperator function;

    OfDouble(DoubleUnaryOperator function, Node argument) {
      super(SqlTypes.DOUBLE, false, List.of(argument));
      this.function = function;
    }

    @Override
    Column compute(Rows rows) {
      Column column = children.get(0).evaluate(rows);
      double[] values = ((DoubleColumn) column).values();
      double[] out = new double[values.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = function.applyAsDouble(values[i]);
      }
      Bits nulls = column.nulls();
      if (nulls != null) {
        for (int row : nulls.positions()) {
          out[row] = 0;
        }
      }
      return DoubleColumn.of(out, nulls);
    }
  }

  /** A question about a double. */
  static final class Asks extends Node {
    private final java.util.function.DoublePredicate question;

    Asks(java.util.function.DoublePredicate question, Node argument) {
      super(SqlTypes.BOOLEAN, false, List.of(argument));
      this.question = question;
    }

    @Override
    Column compute(Rows rows) {
      Column column = children.get(0).evaluate(rows);
      double[] values = ((DoubleColumn) column).values();
      boolean[] out = new boolean[values.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = question.test(values[i]);
      }
      return BooleanColumn.of(Comparison.clear(out, column.nulls()), column.nulls());
    }
  }
}

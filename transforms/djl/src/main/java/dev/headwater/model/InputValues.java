package dev.headwater.model;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.columns.expr.Expression;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;

/**
 * A model's inputs as doubles: each input's expression over joined rows, evaluated a column at a
 * time. A null is NaN. Not for many threads at once.
 */
public final class InputValues {
  private final List<Expression> expressions = new ArrayList<>();
  private final List<Type> types = new ArrayList<>();

  /**
   * Parses the inputs.
   *
   * @throws HeadwaterException if an input is of a type that no encoding takes
   */
  public InputValues(List<ModelInput> inputs, Schema joined) {
    for (ModelInput input : inputs) {
      Expression expression = Expression.parse(input.sql(), joined);
      Type type = expression.type();
      if (!isNumber(type) && !isCategory(type)) {
        throw new HeadwaterException(
            Kind.USAGE,
            "Cannot use input " + input.name() + ": " + input.sql() + " is a " + type + ".",
            "write an expression that gives a number, a boolean, a time or a string.");
      }
      expressions.add(expression);
      types.add(type);
    }
  }

  public int size() {
    return expressions.size();
  }

  /** Whether input i is a string: its values are codes. */
  public boolean isCategory(int i) {
    return isCategory(types.get(i));
  }

  public Type type(int i) {
    return types.get(i);
  }

  /** The columns of the inputs. */
  public Column[] columns(RowBatch batch) {
    return expressions.stream().map(e -> e.evaluate(batch)).toArray(Column[]::new);
  }

  /**
   * A column as doubles.
   *
   * @param codes gives a category's code
   */
  public double[] doubles(int i, Column column, ToIntFunction<String> codes) {
    double[] out = new double[column.size()];
    if (isCategory(i)) {
      Values values = Values.of(column, types.get(i));
      for (int row = 0; row < out.length; row++) {
        Object value = values.at(row);
        out[row] = value == null ? Double.NaN : codes.applyAsInt(value.toString());
      }
      return out;
    }
    if (column instanceof DoubleColumn c) {
      System.arraycopy(c.values(), 0, out, 0, out.length);
    } else if (column instanceof LongColumn c) {
      Arrays.setAll(out, row -> c.values()[row]);
    } else if (column instanceof IntColumn c) {
      Arrays.setAll(out, row -> c.values()[row]);
    } else if (column instanceof FloatColumn c) {
      Arrays.setAll(out, row -> c.values()[row]);
    } else if (column instanceof BooleanColumn c) {
      Arrays.setAll(out, row -> c.values()[row] ? 1 : 0);
    } else {
      Values values = Values.of(column, types.get(i));
      Arrays.setAll(
          out, row -> values.at(row) instanceof BigDecimal d ? d.doubleValue() : Double.NaN);
    }
    Bits nulls = column.nulls();
    if (nulls != null) {
      for (int row : nulls.positions()) {
        out[row] = Double.NaN;
      }
    }
    return out;
  }

  private static boolean isNumber(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN, INTEGER, LONG, FLOAT, DOUBLE, DECIMAL, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO ->
          true;
      default -> false;
    };
  }

  private static boolean isCategory(Type type) {
    return type.typeId() == Type.TypeID.STRING || type.typeId() == Type.TypeID.UUID;
  }
}

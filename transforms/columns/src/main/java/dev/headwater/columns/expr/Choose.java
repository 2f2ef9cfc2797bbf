package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * The value of the first condition that holds: CASE, IF, NULLIF and, with a condition that is
 * Java's null ("this value is not null"), COALESCE. What may fail on a row is asked only for the
 * rows that need it.
 */
final class Choose extends Node {
  private final @Nullable Node[] conditions;
  private final Node[] values;

  private Choose(Type type, @Nullable Node[] conditions, Node[] values, List<Node> all) {
    super(type, false, all);
    this.conditions = conditions;
    this.values = values;
  }

  /** Conditions and the value of each; rows without one are null. All values have the type. */
  static Choose first(Type type, List<Node> conditions, List<Node> values) {
    List<Node> all = new ArrayList<>(conditions);
    all.addAll(values);
    @Nullable Node[] when = conditions.toArray(new @Nullable Node[values.size()]);
    return new Choose(type, when, values.toArray(Node[]::new), all);
  }

  /** The first value that is not null. */
  static Choose coalesce(Type type, List<Node> values) {
    return new Choose(type, new @Nullable Node[values.size()], values.toArray(Node[]::new), values);
  }

  @Override
  Column compute(Rows rows) {
    int n = rows.size();
    int[] choice = new int[n];
    int[] source = new int[n];
    Arrays.fill(choice, -1);
    Column[] columns = new Column[values.length];
    int[] left = all(n);
    for (int v = 0; v < values.length; v++) {
      Node condition = conditions[v];
      boolean whole = !values[v].fails;
      int[] taken = condition == null ? left : holds(condition, rows, left);
      Column column =
          whole || taken.length == n ? values[v].evaluate(rows) : Logic.at(values[v], rows, taken);
      columns[v] = column;
      for (int i = 0; i < taken.length; i++) {
        int at = column.size() == n ? taken[i] : i;
        if (condition != null || !column.isNull(at)) {
          choice[taken[i]] = v;
          source[taken[i]] = at;
        }
      }
      left = Arrays.stream(left).filter(row -> choice[row] < 0).toArray();
    }
    return blend(columns, choice, source);
  }

  private static int[] all(int n) {
    int[] out = new int[n];
    for (int i = 0; i < n; i++) {
      out[i] = i;
    }
    return out;
  }

  private static int[] holds(Node condition, Rows rows, int[] left) {
    boolean whole = !condition.fails || left.length == rows.size();
    boolean[] values =
        ((BooleanColumn) (whole ? condition.evaluate(rows) : Logic.at(condition, rows, left)))
            .values();
    int[] out = new int[left.length];
    int n = 0;
    for (int i = 0; i < left.length; i++) {
      out[n] = left[i];
      n += values[whole ? left[i] : i] ? 1 : 0;
    }
    return Arrays.copyOf(out, n);
  }

  private Column blend(Column[] columns, int[] choice, int[] source) {
    int n = choice.length;
    long[] nullWords = new long[Bits.words(n)];
    for (int i = 0; i < n; i++) {
      if (choice[i] < 0 || columns[choice[i]].isNull(source[i])) {
        nullWords[i >>> 6] |= 1L << i;
        choice[i] = -1;
      }
    }
    Bits nulls = Bits.of(nullWords, n);
    switch (SqlTypes.held(type)) {
      case BOOLEAN -> {
        boolean[] out = new boolean[n];
        for (int i = 0; i < n; i++) {
          out[i] = choice[i] >= 0 && ((BooleanColumn) columns[choice[i]]).values()[source[i]];
        }
        return BooleanColumn.of(out, nulls);
      }
      case INT -> {
        int[] out = new int[n];
        for (int i = 0; i < n; i++) {
          out[i] = choice[i] < 0 ? 0 : ((IntColumn) columns[choice[i]]).values()[source[i]];
        }
        return IntColumn.of(out, nulls);
      }
      case LONG -> {
        long[] out = new long[n];
        for (int i = 0; i < n; i++) {
          out[i] = choice[i] < 0 ? 0 : ((LongColumn) columns[choice[i]]).values()[source[i]];
        }
        return LongColumn.of(out, nulls);
      }
      case FLOAT -> {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
          out[i] = choice[i] < 0 ? 0 : ((FloatColumn) columns[choice[i]]).values()[source[i]];
        }
        return FloatColumn.of(out, nulls);
      }
      case DOUBLE -> {
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
          out[i] = choice[i] < 0 ? 0 : ((DoubleColumn) columns[choice[i]]).values()[source[i]];
        }
        return DoubleColumn.of(out, nulls);
      }
      default -> {
        @Nullable Object[] out = new @Nullable Object[n];
        for (int i = 0; i < n; i++) {
          out[i] = choice[i] < 0 ? null : Cells.at(columns[choice[i]], type, source[i]);
        }
        return Cells.column(type, out);
      }
    }
  }
}

package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import java.util.ArrayList;
import java.util.List;

/**
 * AND, or OR, of several conditions with SQL's nulls. Conditions that may fail on a row come last,
 * and are asked only for the rows that the others leave open.
 */
final class Logic extends Node {
  final boolean and;

  private Logic(boolean and, List<Node> terms) {
    super(SqlTypes.BOOLEAN, false, terms);
    this.and = and;
  }

  static Logic of(boolean and, List<Node> terms) {
    List<Node> ordered = new ArrayList<>(terms.stream().filter(t -> !t.fails).toList());
    ordered.addAll(terms.stream().filter(t -> t.fails).toList());
    return new Logic(and, ordered);
  }

  @Override
  Column compute(Rows rows) {
    int n = rows.size();
    boolean[] decided = new boolean[n];
    long[] unknown = new long[Bits.words(n)];
    for (Node term : children) {
      int[] open = term.fails ? open(decided) : null;
      if (open == null || open.length == n) {
        BooleanColumn values = (BooleanColumn) term.evaluate(rows);
        decide(values, decided, unknown);
      } else if (open.length > 0) {
        decide((BooleanColumn) at(term, rows, open), open, decided, unknown);
      }
    }
    boolean[] out = decided;
    if (and) {
      for (int i = 0; i < n; i++) {
        out[i] = !decided[i];
      }
    }
    for (int w = 0; w < unknown.length; w++) {
      for (long left = unknown[w]; left != 0; left &= left - 1) {
        int row = (w << 6) + Long.numberOfTrailingZeros(left);
        if (out[row] != and) {
          unknown[w] &= ~(1L << row);
        } else {
          out[row] = false;
        }
      }
    }
    return BooleanColumn.of(out, Bits.of(unknown, n));
  }

  /** A value that decides: false in AND, true in OR. */
  private void decide(BooleanColumn column, boolean[] decided, long[] unknown) {
    boolean[] values = column.values();
    Bits nulls = column.nulls();
    if (!and) {
      for (int i = 0; i < values.length; i++) {
        decided[i] |= values[i];
      }
    } else if (nulls == null) {
      for (int i = 0; i < values.length; i++) {
        decided[i] |= !values[i];
      }
    } else {
      for (int i = 0; i < values.length; i++) {
        decided[i] |= !values[i] && !nulls.get(i);
      }
    }
    if (nulls != null) {
      long[] words = nulls.words();
      for (int w = 0; w < words.length; w++) {
        unknown[w] |= words[w];
      }
    }
  }

  private void decide(BooleanColumn column, int[] rows, boolean[] decided, long[] unknown) {
    for (int i = 0; i < rows.length; i++) {
      int row = rows[i];
      if (column.isNull(i)) {
        unknown[row >>> 6] |= 1L << row;
      } else {
        decided[row] |= column.values()[i] != and;
      }
    }
  }

  private static int[] open(boolean[] decided) {
    int[] out = new int[decided.length];
    int n = 0;
    for (int i = 0; i < decided.length; i++) {
      out[n] = i;
      n += decided[i] ? 0 : 1;
    }
    return java.util.Arrays.copyOf(out, n);
  }

  /** A node's values at some of the rows; a fault names the row among all. */
  static Column at(Node node, Rows rows, int[] positions) {
    try {
      return node.evaluate(rows.gather(positions));
    } catch (RowFault fault) {
      throw fault.in(positions);
    }
  }

  /** True becomes false and false true; null stays. */
  static final class Not extends Node {
    final Node of;

    Not(Node of) {
      super(SqlTypes.BOOLEAN, false, List.of(of));
      this.of = of;
    }

    @Override
    Column compute(Rows rows) {
      BooleanColumn column = (BooleanColumn) of.evaluate(rows);
      boolean[] values = column.values();
      boolean[] out = new boolean[values.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = !values[i];
      }
      return BooleanColumn.of(Comparison.clear(out, column.nulls()), column.nulls());
    }
  }
}

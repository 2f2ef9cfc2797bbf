package dev.headwater.columns.expr;

import dev.headwater.columns.Column;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Null where what it holds has no value: a batch that fails is halved until the rows are found. */
final class Try extends Node {
  private final Node of;

  private Try(Node of) {
    super(of.type, false, List.of());
    this.of = of;
    columns.addAll(of.columns);
  }

  static Node of(Node node) {
    return node.fails ? new Try(node) : node;
  }

  @Override
  Column compute(Rows rows) {
    try {
      return of.evaluate(rows);
    } catch (RowFault fault) {
      @Nullable Object[] out = new @Nullable Object[rows.size()];
      int[] all = new int[rows.size()];
      Arrays.setAll(all, i -> i);
      fill(rows, all, out);
      return Cells.column(type, out);
    }
  }

  private void fill(Rows rows, int[] positions, @Nullable Object[] out) {
    try {
      Column column = of.evaluate(rows.gather(positions));
      for (int i = 0; i < positions.length; i++) {
        out[positions[i]] = Cells.at(column, type, i);
      }
    } catch (RowFault fault) {
      if (positions.length > 1) {
        int half = positions.length / 2;
        fill(rows, Arrays.copyOf(positions, half), out);
        fill(rows, Arrays.copyOfRange(positions, half, positions.length), out);
      }
    }
  }
}

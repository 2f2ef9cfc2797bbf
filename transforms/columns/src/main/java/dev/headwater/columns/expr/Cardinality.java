package dev.headwater.columns.expr;

import dev.headwater.columns.Column;
import dev.headwater.columns.ListColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.MapColumn;
import java.util.List;

/** How many elements a list has, or entries a map. */
final class Cardinality extends Node {
  Cardinality(Node of) {
    super(SqlTypes.LONG, false, List.of(of));
  }

  @Override
  Column compute(Rows rows) {
    Column column = children.get(0).evaluate(rows);
    int[] offsets =
        column instanceof ListColumn list ? list.offsets() : ((MapColumn) column).offsets();
    long[] out = new long[rows.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = column.isNull(i) ? 0 : offsets[i + 1] - offsets[i];
    }
    return LongColumn.of(out, column.nulls());
  }
}

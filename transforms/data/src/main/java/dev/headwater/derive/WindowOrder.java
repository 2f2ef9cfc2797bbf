package dev.headwater.derive;

import dev.headwater.aggregate.Lane;
import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.BytesInterner;
import dev.headwater.columns.Column;
import dev.headwater.columns.Columns;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.QueryPlan;
import dev.headwater.sort.KeyCodec;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** What rows are ordered by, as longs and bytes without nulls that have the same order. */
final class WindowOrder {
  private WindowOrder() {}

  /** Of one expression: where its nulls come, then its values. */
  static List<Column> of(QueryPlan.Order order, RowBatch batch) {
    Column column = order.by().evaluate(batch);
    Bits nulls = column.nulls();
    long[] ranks = new long[batch.size()];
    Arrays.fill(ranks, 1);
    if (nulls != null) {
      for (int row : nulls.positions()) {
        ranks[row] = order.nullsFirst() ? 0 : 2;
      }
    }
    return List.of(
        LongColumn.of(ranks), values(column, nulls, order.by().type(), order.descending()));
  }

  /** The type of the values: long or binary. */
  static Type type(Type type) {
    return switch (type.typeId()) {
      case STRING, BINARY, FIXED, UUID, DECIMAL -> Types.BinaryType.get();
      default -> Types.LongType.get();
    };
  }

  private static Column values(
      Column column, @org.jspecify.annotations.Nullable Bits nulls, Type type, boolean down) {
    if (type(type).typeId() == Type.TypeID.LONG) {
      long[] out = new long[column.size()];
      for (int row = 0; row < out.length; row++) {
        if (nulls == null || !nulls.get(row)) {
          long value = number(column, row);
          out[row] = down ? ~value : value;
        }
      }
      return LongColumn.of(out);
    }
    if (!down && !(column instanceof DecimalColumn)) {
      return Columns.withNulls(column, null);
    }
    // A second part ends the first, so that what begins another text comes before it.
    Schema parts =
        new Schema(
            Types.NestedField.optional(1, "value", type),
            Types.NestedField.required(2, "end", Types.BooleanType.get()));
    boolean[] end = new boolean[column.size()];
    DictionaryColumn encoded =
        new KeyCodec(List.of(type, Types.BooleanType.get()))
            .encode(
                RowBatch.of(
                    parts, end.length, Columns.withNulls(column, null), BooleanColumn.of(end)),
                new int[] {0, 1});
    BytesColumn known = encoded.dictionary();
    byte[] data = known.data().clone();
    for (int i = 0; down && i < data.length; i++) {
      data[i] = (byte) ~data[i];
    }
    return DictionaryColumn.of(encoded.codes(), BytesColumn.of(data, known.offsets(), null), null);
  }

  private static long number(Column column, int row) {
    if (column instanceof LongColumn c) {
      return c.values()[row];
    }
    if (column instanceof IntColumn c) {
      return c.values()[row];
    }
    if (column instanceof BooleanColumn c) {
      return c.values()[row] ? 1 : 0;
    }
    // Adding zero makes one zero of two.
    return Lane.ordered(
        0.0
            + (column instanceof DoubleColumn c
                ? c.values()[row]
                : ((FloatColumn) column).values()[row]));
  }

  /**
   * A number of each row's values, those of lists, maps and structs aside: rows that tie come in
   * its order, whatever order they were read in.
   */
  static LongColumn ties(RowBatch batch) {
    long[] out = new long[batch.size()];
    for (Column column : batch.columns()) {
      Bits nulls = column.nulls();
      for (int row = 0; row < out.length; row++) {
        long value = nulls != null && nulls.get(row) ? Long.MIN_VALUE : content(column, row);
        long z = (out[row] + 0x9e3779b97f4a7c15L) ^ value;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        out[row] = z ^ z >>> 27;
      }
    }
    return LongColumn.of(out);
  }

  private static long content(Column column, int row) {
    if (column instanceof DictionaryColumn c) {
      return content(c.dictionary(), c.codes()[row]);
    }
    if (column instanceof BytesColumn c) {
      return BytesInterner.hash(c.data(), c.offsets()[row], c.offsets()[row + 1]);
    }
    if (column instanceof DecimalColumn c) {
      return c.low()[row];
    }
    return column instanceof LongColumn
            || column instanceof IntColumn
            || column instanceof BooleanColumn
            || column instanceof DoubleColumn
            || column instanceof FloatColumn
        ? number(column, row)
        : 0;
  }
}

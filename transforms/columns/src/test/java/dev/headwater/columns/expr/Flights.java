package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.StructColumn;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Four flights with a column of most types, the last row without values. */
final class Flights {
  static final Schema SCHEMA =
      new Schema(
          Types.NestedField.optional(1, "date", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(2, "delay", Types.LongType.get()),
          Types.NestedField.optional(3, "distance", Types.IntegerType.get()),
          Types.NestedField.optional(4, "origin", Types.StringType.get()),
          Types.NestedField.optional(5, "value", Types.DoubleType.get()),
          Types.NestedField.optional(6, "day", Types.DateType.get()),
          Types.NestedField.optional(7, "late", Types.BooleanType.get()),
          Types.NestedField.optional(8, "fare", Types.DecimalType.of(9, 2)),
          Types.NestedField.optional(9, "text", Types.StringType.get()),
          Types.NestedField.optional(
              10,
              "seat",
              Types.StructType.of(Types.NestedField.optional(11, "row", Types.IntegerType.get()))),
          Types.NestedField.optional(12, "Odd Name", Types.LongType.get()),
          Types.NestedField.optional(13, "seen", Types.TimestampType.withZone()));

  private Flights() {}

  static RowBatch batch() {
    Bits last = Bits.of(new long[] {8}, 4);
    long day = 86_400_000_000L;
    // 2001-06-01 06:30, 2001-06-02 23:59:59.5, 1969-12-31 00:00
    long[] dates = {11_474 * day + 23_400_000_000L, 11_475 * day + 86_399_500_000L, -day, 0};
    return RowBatch.of(
        SCHEMA,
        4,
        List.of(
            LongColumn.of(dates, last),
            LongColumn.of(new long[] {16, -3, 0, 0}, last),
            IntColumn.of(new int[] {100, 7, 2_000_000_000, 0}, last),
            DictionaryColumn.of(
                new int[] {0, 1, 0, 0}, BytesColumn.ofStrings("SFO", "Jfk", "unused"), last),
            DoubleColumn.of(new double[] {1.5, Double.NaN, -0.0, 0}, last),
            IntColumn.of(new int[] {11_474, 11_475, -1, 0}, last),
            BooleanColumn.of(new boolean[] {true, false, true, false}, last),
            DecimalColumn.of(2, new long[] {12_345, -50, 0, 0}, null, last),
            BytesColumn.ofStrings("12", "x%y", "ünï ", null),
            StructColumn.of(4, List.of(IntColumn.of(new int[] {3, 4, 5, 0}, last)), last),
            LongColumn.of(new long[] {1, 2, 3, 0}, last),
            LongColumn.of(dates.clone(), last)));
  }

  /** Each row's value as Java holds it; dates and times as SQL writes them. */
  static List<@Nullable Object> values(String sql) {
    Expression expression = Expression.parse(sql, SCHEMA);
    return values(expression.evaluate(batch()), expression.type());
  }

  static List<@Nullable Object> values(Column column, Type type) {
    List<@Nullable Object> out = new ArrayList<>();
    for (int i = 0; i < column.size(); i++) {
      Object value = Cells.at(column, type, i);
      boolean time = SqlTypes.isDate(type) || SqlTypes.isTimestamp(type) || SqlTypes.isTime(type);
      out.add(value != null && time ? Times.text(value, type) : value);
    }
    return out;
  }
}

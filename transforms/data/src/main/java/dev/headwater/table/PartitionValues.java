package dev.headwater.table;

import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.IntFunction;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** Rows of a column as the values that Iceberg's transforms take. */
final class PartitionValues {
  private PartitionValues() {}

  static IntFunction<@Nullable Object> of(Column column, Type type) {
    return row -> {
      if (column.isNull(row)) {
        return null;
      }
      if (column instanceof BooleanColumn c) {
        return c.values()[row];
      }
      if (column instanceof DecimalColumn c) {
        return c.get(row);
      }
      if (column instanceof DoubleColumn c) {
        return c.values()[row];
      }
      if (column instanceof FloatColumn c) {
        return c.values()[row];
      }
      throw new IllegalArgumentException("a table cannot be partitioned by a column of " + type);
    };
  }

  static Object ofBytes(BytesColumn column, int row, @Nullable Type type) {
    if (type == null) {
      throw new IllegalArgumentException("a partition field without a source");
    }
    return switch (type.typeId()) {
      case STRING -> column.string(row);
      case UUID -> {
        ByteBuffer bytes = ByteBuffer.wrap(column.get(row));
        yield new UUID(bytes.getLong(), bytes.getLong());
      }
      default -> ByteBuffer.wrap(column.get(row));
    };
  }
}

package dev.headwater.columns;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A column's values, one by one, as {@link ColumnBuilder} takes them. For edges where data leaves
 * as rows; work on the arrays where speed counts.
 */
@FunctionalInterface
public interface Values {
  /** The value of a row; Java's null for a null. */
  @Nullable Object at(int row);

  /** The value of one row. Take {@link #of(Column, Type)} to read many. */
  static @Nullable Object of(Column column, Type type, int row) {
    return of(column, type).at(row);
  }

  /**
   * The values of a column.
   *
   * @throws IllegalArgumentException if the column does not hold the type
   */
  static Values of(Column column, Type type) {
    Values values = notNull(column, type);
    Bits nulls = column.nulls();
    return nulls == null ? values : row -> nulls.get(row) ? null : values.at(row);
  }

  private static Values notNull(Column column, Type type) {
    switch (type.typeId()) {
      case BOOLEAN -> {
        if (column instanceof BooleanColumn c) {
          return row -> c.values()[row];
        }
      }
      case INTEGER, DATE -> {
        if (column instanceof IntColumn c) {
          return row -> c.values()[row];
        }
      }
      case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> {
        if (column instanceof LongColumn c) {
          return row -> c.values()[row];
        }
      }
      case FLOAT -> {
        if (column instanceof FloatColumn c) {
          return row -> c.values()[row];
        }
      }
      case DOUBLE -> {
        if (column instanceof DoubleColumn c) {
          return row -> c.values()[row];
        }
      }
      case DECIMAL -> {
        if (column instanceof DecimalColumn c) {
          return c::get;
        }
      }
      case STRING, BINARY, FIXED, UUID, VARIANT -> {
        if (column instanceof BytesColumn c) {
          return row -> bytes(c, type, row);
        }
        if (column instanceof DictionaryColumn c) {
          Object[] decoded = new Object[c.dictionary().size()];
          return row -> {
            int code = c.codes()[row];
            Object value = decoded[code];
            if (value == null) {
              value = bytes(c.dictionary(), type, code);
              decoded[code] = value;
            }
            return value;
          };
        }
      }
      case LIST -> {
        if (column instanceof ListColumn c) {
          Values elements = of(c.elements(), ((Types.ListType) type).elementType());
          return row -> list(c, elements, row);
        }
      }
      case MAP -> {
        if (column instanceof MapColumn c) {
          Values keys = of(c.keys(), ((Types.MapType) type).keyType());
          Values values = of(c.values(), ((Types.MapType) type).valueType());
          return row -> map(c, keys, values, row);
        }
      }
      case STRUCT -> {
        if (column instanceof StructColumn c
            && c.fields().size() == ((Types.StructType) type).fields().size()) {
          Values[] fields = new Values[c.fields().size()];
          for (int i = 0; i < fields.length; i++) {
            fields[i] = of(c.fields().get(i), ((Types.StructType) type).fields().get(i).type());
          }
          return row -> struct(fields, row);
        }
      }
      case UNKNOWN -> {
        return row -> null;
      }
      case GEOMETRY, GEOGRAPHY -> {}
    }
    throw new IllegalArgumentException(
        "a " + column.getClass().getSimpleName() + " holds no values of type " + type);
  }

  private static Object bytes(BytesColumn column, Type type, int row) {
    return switch (type.typeId()) {
      case STRING -> column.string(row);
      case UUID -> {
        ByteBuffer bytes = ByteBuffer.wrap(column.get(row));
        yield new UUID(bytes.getLong(), bytes.getLong());
      }
      default -> ByteBuffer.wrap(column.get(row)).asReadOnlyBuffer();
    };
  }

  private static List<@Nullable Object> list(ListColumn column, Values elements, int row) {
    List<@Nullable Object> out = new ArrayList<>();
    for (int i = column.offsets()[row]; i < column.offsets()[row + 1]; i++) {
      out.add(elements.at(i));
    }
    return out;
  }

  private static Map<@Nullable Object, @Nullable Object> map(
      MapColumn column, Values keys, Values values, int row) {
    Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
    for (int i = column.offsets()[row]; i < column.offsets()[row + 1]; i++) {
      out.put(keys.at(i), values.at(i));
    }
    return out;
  }

  private static @Nullable Object[] struct(Values[] fields, int row) {
    @Nullable Object[] out = new Object[fields.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = fields[i].at(row);
    }
    return out;
  }
}

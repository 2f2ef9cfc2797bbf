package dev.headwater.clients;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Values as {@link dev.headwater.columns.Values} has them, said as a client would say them. */
enum Told {
  /** All that the type holds. */
  EXACTLY,
  /** A UUID is 16 bytes; a time has milliseconds. */
  BY_FLINK,
  /**
   * A null list or map of structs is an empty one (apache/iceberg-python #3833, open in November
   * 2026): it is null in the file, as Arrow itself reads it.
   */
  BY_PYICEBERG;

  /** The rows of a batch. */
  List<String> rows(RowBatch batch) {
    List<Types.NestedField> fields = batch.schema().columns();
    List<Values> columns = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      columns.add(Values.of(batch.column(i), fields.get(i).type()));
    }
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < batch.size(); row++) {
      List<String> said = new ArrayList<>();
      for (int i = 0; i < fields.size(); i++) {
        said.add(value(fields.get(i).type(), columns.get(i).at(row)));
      }
      rows.add(Said.struct(said));
    }
    return rows;
  }

  /** Rows of a schema. */
  List<String> rows(Schema schema, List<@Nullable Object[]> rows) {
    return rows.stream().map(row -> value(schema.asStruct(), row)).toList();
  }

  String value(Type type, @Nullable Object value) {
    if (value == null) {
      return this == BY_PYICEBERG ? nullByPyIceberg(type) : "null";
    }
    return switch (type.typeId()) {
      case DATE -> Said.days((Integer) value);
      case TIME -> {
        long micros = (Long) value;
        yield Said.micros(this == BY_FLINK ? micros - micros % 1_000 : micros);
      }
      case TIMESTAMP -> Said.timestamp((Long) value);
      case TIMESTAMP_NANO -> Said.nanoseconds((Long) value);
      case UUID -> Said.of(this == BY_FLINK ? bytes((UUID) value) : value);
      case STRUCT -> {
        Object[] fields = (Object[]) value;
        List<String> said = new ArrayList<>();
        for (int i = 0; i < fields.length; i++) {
          said.add(value(((Types.StructType) type).fields().get(i).type(), fields[i]));
        }
        yield Said.struct(said);
      }
      case LIST -> {
        Type element = ((Types.ListType) type).elementType();
        List<String> said = new ArrayList<>();
        for (Object one : (List<?>) value) {
          said.add(value(element, one));
        }
        yield Said.list(said);
      }
      case MAP -> {
        Types.MapType map = (Types.MapType) type;
        List<String> said = new ArrayList<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          said.add(
              value(map.keyType(), entry.getKey())
                  + "="
                  + value(map.valueType(), entry.getValue()));
        }
        yield Said.map(said);
      }
      default -> Said.of(value);
    };
  }

  private static String nullByPyIceberg(Type type) {
    if (type.isListType() && type.asListType().elementType().isStructType()) {
      return Said.list(List.of());
    }
    return type.isMapType() && type.asMapType().valueType().isStructType()
        ? Said.map(List.of())
        : "null";
  }

  private static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }
}

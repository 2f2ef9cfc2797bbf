package dev.headwater.rows;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.DateTimeUtil;
import org.jspecify.annotations.Nullable;

/** Batches as Iceberg's generic records and back: for nested data, which has no column path. */
public final class Records {
  private Records() {}

  /** The rows of a batch, in order. */
  public static List<Record> of(RowBatch batch) {
    Types.StructType type = batch.schema().asStruct();
    List<Types.NestedField> fields = type.fields();
    List<Values> values = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      values.add(Values.of(batch.column(i), fields.get(i).type()));
    }
    List<Record> out = new ArrayList<>(batch.size());
    for (int row = 0; row < batch.size(); row++) {
      GenericRecord record = GenericRecord.create(type);
      for (int i = 0; i < fields.size(); i++) {
        record.set(i, toRecord(fields.get(i).type(), values.get(i).at(row)));
      }
      out.add(record);
    }
    return out;
  }

  /** One batch of these records, however many they are. */
  public static RowBatch batch(Schema schema, Iterable<? extends StructLike> records) {
    RowBatchBuilder builder = new RowBatchBuilder(schema);
    for (StructLike record : records) {
      append(builder, schema, record);
    }
    return builder.build();
  }

  /** Appends one record to a batch of its schema. */
  public static void append(RowBatchBuilder builder, Schema schema, StructLike record) {
    builder.append(struct(schema.asStruct(), record));
  }

  private static @Nullable Object toRecord(Type type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.typeId()) {
      case DATE -> DateTimeUtil.dateFromDays((Integer) value);
      case TIME -> DateTimeUtil.timeFromMicros((Long) value);
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC()
              ? DateTimeUtil.timestamptzFromMicros((Long) value)
              : DateTimeUtil.timestampFromMicros((Long) value);
      case TIMESTAMP_NANO ->
          ((Types.TimestampNanoType) type).shouldAdjustToUTC()
              ? DateTimeUtil.timestamptzFromNanos((Long) value)
              : DateTimeUtil.timestampFromNanos((Long) value);
      case FIXED -> bytes((ByteBuffer) value);
      case STRUCT -> record((Types.StructType) type, (@Nullable Object[]) value);
      case LIST -> {
        List<@Nullable Object> out = new ArrayList<>();
        ((List<?>) value).forEach(e -> out.add(toRecord(((Types.ListType) type).elementType(), e)));
        yield out;
      }
      case MAP -> {
        Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
        Types.MapType map = (Types.MapType) type;
        ((Map<?, ?>) value)
            .forEach((k, v) -> out.put(toRecord(map.keyType(), k), toRecord(map.valueType(), v)));
        yield out;
      }
      default -> value;
    };
  }

  private static Record record(Types.StructType type, @Nullable Object[] values) {
    GenericRecord record = GenericRecord.create(type);
    for (int i = 0; i < values.length; i++) {
      record.set(i, toRecord(type.fields().get(i).type(), values[i]));
    }
    return record;
  }

  private static @Nullable Object fromRecord(Type type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.typeId()) {
      case DATE -> DateTimeUtil.daysFromDate((LocalDate) value);
      case TIME -> DateTimeUtil.microsFromTime((LocalTime) value);
      case TIMESTAMP ->
          value instanceof OffsetDateTime zoned
              ? DateTimeUtil.microsFromTimestamptz(zoned)
              : DateTimeUtil.microsFromTimestamp((LocalDateTime) value);
      case TIMESTAMP_NANO ->
          value instanceof OffsetDateTime zoned
              ? DateTimeUtil.nanosFromTimestamptz(zoned)
              : DateTimeUtil.nanosFromTimestamp((LocalDateTime) value);
      case FIXED -> value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
      case STRUCT -> struct((Types.StructType) type, (StructLike) value);
      case LIST -> {
        List<@Nullable Object> out = new ArrayList<>();
        ((List<?>) value)
            .forEach(e -> out.add(fromRecord(((Types.ListType) type).elementType(), e)));
        yield out;
      }
      case MAP -> {
        Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
        Types.MapType map = (Types.MapType) type;
        ((Map<?, ?>) value)
            .forEach(
                (k, v) -> out.put(fromRecord(map.keyType(), k), fromRecord(map.valueType(), v)));
        yield out;
      }
      default -> value;
    };
  }

  private static @Nullable Object[] struct(Types.StructType type, StructLike record) {
    @Nullable Object[] out = new Object[type.fields().size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = fromRecord(type.fields().get(i).type(), record.get(i, Object.class));
    }
    return out;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] out = new byte[buffer.remaining()];
    buffer.duplicate().get(out);
    return out;
  }
}

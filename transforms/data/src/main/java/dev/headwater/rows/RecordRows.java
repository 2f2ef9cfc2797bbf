package dev.headwater.rows;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.headwater.columns.RowBatch;
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
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.DateTimeUtil;
import org.apache.iceberg.variants.Variant;
import org.jspecify.annotations.Nullable;

/** Rows as Iceberg's generic readers and writers have them, to and from rows of a batch. */
public final class RecordRows {
  private RecordRows() {}

  /** The rows of a batch, one after the other. */
  public static Iterable<Record> of(RowBatch batch) {
    List<Types.NestedField> fields = batch.schema().columns();
    Values[] columns = new Values[fields.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = Values.of(batch.column(i), fields.get(i).type());
    }
    GenericRecord template = GenericRecord.create(batch.schema());
    List<Record> out = new ArrayList<>(batch.size());
    for (int row = 0; row < batch.size(); row++) {
      GenericRecord record = template.copy();
      for (int i = 0; i < columns.length; i++) {
        record.set(i, toIceberg(columns[i].at(row), fields.get(i).type()));
      }
      out.add(record);
    }
    return out;
  }

  private static @Nullable Object toIceberg(@Nullable Object value, Type type) {
    if (value == null) {
      return null;
    }
    return switch (type.typeId()) {
      case DATE -> LocalDate.ofEpochDay((Integer) value);
      case TIME -> LocalTime.ofNanoOfDay((Long) value * 1_000);
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC()
              ? DateTimeUtil.timestamptzFromMicros((Long) value)
              : DateTimeUtil.timestampFromMicros((Long) value);
      case TIMESTAMP_NANO ->
          ((Types.TimestampNanoType) type).shouldAdjustToUTC()
              ? DateTimeUtil.timestamptzFromNanos((Long) value)
              : DateTimeUtil.timestampFromNanos((Long) value);
      case FIXED -> {
        ByteBuffer bytes = ((ByteBuffer) value).duplicate();
        byte[] out = new byte[bytes.remaining()];
        bytes.get(out);
        yield out;
      }
      case VARIANT -> Variant.from(((ByteBuffer) value).duplicate().order(LITTLE_ENDIAN));
      case LIST -> {
        List<@Nullable Object> out = new ArrayList<>();
        for (Object element : (List<?>) value) {
          out.add(toIceberg(element, type.asListType().elementType()));
        }
        yield out;
      }
      case MAP -> {
        Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
        ((Map<?, ?>) value)
            .forEach(
                (k, v) ->
                    out.put(
                        toIceberg(k, type.asMapType().keyType()),
                        toIceberg(v, type.asMapType().valueType())));
        yield out;
      }
      case STRUCT -> {
        GenericRecord out = GenericRecord.create(type.asStructType());
        List<Types.NestedField> fields = type.asStructType().fields();
        Object[] values = (Object[]) value;
        for (int i = 0; i < fields.size(); i++) {
          out.set(i, toIceberg(values[i], fields.get(i).type()));
        }
        yield out;
      }
      default -> value;
    };
  }

  /** A value of Iceberg's as a row of a batch has it. */
  public static @Nullable Object fromIceberg(@Nullable Object value, Type type) {
    if (value == null) {
      return null;
    }
    if (value instanceof LocalDate date) {
      return (int) date.toEpochDay();
    }
    if (value instanceof LocalTime time) {
      return time.toNanoOfDay() / 1_000;
    }
    if (value instanceof LocalDateTime time) {
      return type.typeId() == Type.TypeID.TIMESTAMP_NANO
          ? DateTimeUtil.nanosFromTimestamp(time)
          : DateTimeUtil.microsFromTimestamp(time);
    }
    if (value instanceof OffsetDateTime time) {
      return type.typeId() == Type.TypeID.TIMESTAMP_NANO
          ? DateTimeUtil.nanosFromTimestamptz(time)
          : DateTimeUtil.microsFromTimestamptz(time);
    }
    if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes);
    }
    if (value instanceof Variant variant) {
      return bytes(variant);
    }
    if (value instanceof Record record) {
      List<Types.NestedField> fields = type.asStructType().fields();
      Object[] out = new Object[fields.size()];
      for (int i = 0; i < out.length; i++) {
        out[i] = fromIceberg(record.get(i), fields.get(i).type());
      }
      return out;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> out = new ArrayList<>(list.size());
      for (Object element : list) {
        out.add(fromIceberg(element, type.asListType().elementType()));
      }
      return out;
    }
    if (value instanceof Map<?, ?> map) {
      Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
      map.forEach(
          (k, v) ->
              out.put(
                  fromIceberg(k, type.asMapType().keyType()),
                  fromIceberg(v, type.asMapType().valueType())));
      return out;
    }
    return value instanceof CharSequence text ? text.toString() : value;
  }

  /** Its metadata, and then its value. */
  private static ByteBuffer bytes(Variant variant) {
    int metadata = variant.metadata().sizeInBytes();
    ByteBuffer out =
        ByteBuffer.allocate(metadata + variant.value().sizeInBytes()).order(LITTLE_ENDIAN);
    variant.metadata().writeTo(out, 0);
    variant.value().writeTo(out, metadata);
    return out;
  }
}

package dev.headwater.rows;

import dev.headwater.catalog.HeadwaterException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.FixedBytes;
import org.apache.beam.sdk.schemas.logicaltypes.FixedPrecisionNumeric;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.NanosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Iceberg's types as Beam's, and their values both ways. Values here are never null; nulls are
 * carried around the functions.
 */
final class BeamTypes {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private BeamTypes() {}

  static FieldType of(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> FieldType.BOOLEAN;
      case INTEGER -> FieldType.INT32;
      case LONG -> FieldType.INT64;
      case FLOAT -> FieldType.FLOAT;
      case DOUBLE -> FieldType.DOUBLE;
      case DATE -> FieldType.logicalType(SqlTypes.DATE);
      case TIME -> FieldType.logicalType(SqlTypes.TIME);
      case TIMESTAMP ->
          zoned(type)
              ? FieldType.logicalType(new MicrosInstant())
              : FieldType.logicalType(SqlTypes.DATETIME);
      case TIMESTAMP_NANO ->
          zoned(type)
              ? FieldType.logicalType(new NanosInstant())
              : FieldType.logicalType(SqlTypes.DATETIME);
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        yield FieldType.logicalType(FixedPrecisionNumeric.of(decimal.precision(), decimal.scale()));
      }
      case STRING -> FieldType.STRING;
      case UUID -> FieldType.logicalType(SqlTypes.UUID);
      case FIXED -> FieldType.logicalType(FixedBytes.of(((Types.FixedType) type).length()));
      case BINARY, VARIANT -> FieldType.BYTES;
      case STRUCT -> FieldType.row(schema(((Types.StructType) type).fields()));
      case LIST -> {
        Types.ListType list = (Types.ListType) type;
        yield FieldType.array(of(list.elementType()).withNullable(list.isElementOptional()));
      }
      case MAP -> {
        Types.MapType map = (Types.MapType) type;
        yield FieldType.map(
            of(map.keyType()), of(map.valueType()).withNullable(map.isValueOptional()));
      }
      case GEOMETRY, GEOGRAPHY, UNKNOWN ->
          throw new HeadwaterException(
              HeadwaterException.Kind.DATA,
              "Beam rows hold no values of type " + type + ".",
              "leave the column out with RowBatch.select.");
    };
  }

  static Schema schema(List<Types.NestedField> fields) {
    Schema.Builder schema = Schema.builder();
    for (Types.NestedField field : fields) {
      schema.addField(
          Schema.Field.of(field.name(), of(field.type()).withNullable(field.isOptional())));
    }
    return schema.build();
  }

  private static boolean zoned(Type type) {
    return type instanceof Types.TimestampType t
        ? t.shouldAdjustToUTC()
        : ((Types.TimestampNanoType) type).shouldAdjustToUTC();
  }

  /** From a batch's values to Beam's. */
  static Function<Object, Object> toBeam(Type type) {
    return switch (type.typeId()) {
      case DATE -> v -> LocalDate.ofEpochDay((Integer) v);
      case TIME -> v -> LocalTime.ofNanoOfDay((Long) v * 1_000);
      case TIMESTAMP -> v -> micros((Long) v, zoned(type));
      case TIMESTAMP_NANO -> v -> nanos((Long) v, zoned(type));
      case FIXED, BINARY, VARIANT -> v -> array((ByteBuffer) v);
      case STRUCT -> row(schema(((Types.StructType) type).fields()), (Types.StructType) type);
      case LIST -> {
        Function<Object, Object> element = toBeam(((Types.ListType) type).elementType());
        yield v -> list((Iterable<?>) v, element);
      }
      case MAP -> {
        Function<Object, Object> key = toBeam(((Types.MapType) type).keyType());
        Function<Object, Object> value = toBeam(((Types.MapType) type).valueType());
        yield v -> map((Map<?, ?>) v, key, value);
      }
      default -> v -> v;
    };
  }

  /** From Beam's values, of any of its types that fit, to a batch's. */
  static Function<Object, Object> fromBeam(Type type) {
    return switch (type.typeId()) {
      case INTEGER -> v -> v instanceof Byte || v instanceof Short ? ((Number) v).intValue() : v;
      case DATE -> v -> Math.toIntExact(((LocalDate) v).toEpochDay());
      case TIME -> v -> exact(((LocalTime) v).toNanoOfDay(), v);
      case TIMESTAMP -> BeamTypes::micros;
      case TIMESTAMP_NANO -> BeamTypes::nanos;
      case STRING -> Object::toString;
      case FIXED, BINARY, VARIANT -> v -> ByteBuffer.wrap((byte[]) v);
      case DECIMAL -> v -> (BigDecimal) v;
      case STRUCT -> {
        List<Function<Object, Object>> fields = new ArrayList<>();
        ((Types.StructType) type).fields().forEach(field -> fields.add(fromBeam(field.type())));
        yield v -> values((Row) v, fields);
      }
      case LIST -> {
        Function<Object, Object> element = fromBeam(((Types.ListType) type).elementType());
        yield v -> list((Iterable<?>) v, element);
      }
      case MAP -> {
        Function<Object, Object> key = fromBeam(((Types.MapType) type).keyType());
        Function<Object, Object> value = fromBeam(((Types.MapType) type).valueType());
        yield v -> map((Map<?, ?>) v, key, value);
      }
      default -> v -> v;
    };
  }

  private static Function<Object, Object> row(Schema schema, Types.StructType type) {
    List<Function<Object, Object>> fields = new ArrayList<>();
    type.fields().forEach(field -> fields.add(toBeam(field.type())));
    return v -> {
      @Nullable Object[] from = (Object[]) v;
      List<@Nullable Object> to = new ArrayList<>(from.length);
      for (int i = 0; i < from.length; i++) {
        to.add(nullable(from[i], fields.get(i)));
      }
      return Row.withSchema(schema).attachValues(to);
    };
  }

  static @Nullable Object[] values(Row row, List<Function<Object, Object>> fields) {
    @Nullable Object[] out = new Object[fields.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = nullable(row.getValue(i), fields.get(i));
    }
    return out;
  }

  static @Nullable Object nullable(@Nullable Object value, Function<Object, Object> function) {
    return value == null ? null : function.apply(value);
  }

  private static List<@Nullable Object> list(Iterable<?> from, Function<Object, Object> element) {
    List<@Nullable Object> out = new ArrayList<>();
    for (Object value : from) {
      out.add(nullable(value, element));
    }
    return out;
  }

  private static Map<Object, @Nullable Object> map(
      Map<?, ?> from, Function<Object, Object> key, Function<Object, Object> value) {
    Map<Object, @Nullable Object> out = new LinkedHashMap<>();
    from.forEach((k, v) -> out.put(key.apply(k), nullable(v, value)));
    return out;
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] out = new byte[buffer.remaining()];
    buffer.duplicate().get(out);
    return out;
  }

  private static Object micros(long micros, boolean zoned) {
    Instant instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    return zoned ? instant : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  private static Object nanos(long nanos, boolean zoned) {
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND));
    return zoned ? instant : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  private static Object micros(Object value) {
    Instant instant = instant(value);
    long micros = exact(instant.getNano(), value);
    return whole(instant.getEpochSecond(), 1_000_000L, micros);
  }

  private static Object nanos(Object value) {
    Instant instant = instant(value);
    return whole(instant.getEpochSecond(), NANOS_PER_SECOND, instant.getNano());
  }

  /** The least instants of a long have seconds that alone would overflow it. */
  private static long whole(long seconds, long perSecond, long part) {
    return seconds < 0
        ? Math.addExact(Math.multiplyExact(seconds + 1, perSecond), part - perSecond)
        : Math.addExact(Math.multiplyExact(seconds, perSecond), part);
  }

  private static long exact(long nanos, Object value) {
    if (nanos % 1_000 != 0) {
      throw new IllegalArgumentException(
          value + " has nanoseconds, which microseconds cannot hold");
    }
    return nanos / 1_000;
  }

  private static Instant instant(Object value) {
    if (value instanceof LocalDateTime local) {
      return local.toInstant(ZoneOffset.UTC);
    }
    if (value instanceof org.joda.time.ReadableInstant joda) {
      return Instant.ofEpochMilli(joda.getMillis());
    }
    return (Instant) value;
  }
}

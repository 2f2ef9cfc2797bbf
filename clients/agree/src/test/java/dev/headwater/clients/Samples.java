package dev.headwater.clients;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the values that are most often got wrong, each column's in a circle of its own length, so
 * that each meets many others'; every circle has a null.
 */
final class Samples {
  /** Every type of format version 2 but time, which Spark does not have. */
  static final Schema ALL = schema(false);

  static final Schema ALL_WITH_TIME = schema(true);

  private Samples() {}

  private static Schema schema(boolean time) {
    List<NestedField> fields =
        new ArrayList<>(
            List.of(
                NestedField.required(1, "id", Types.LongType.get()),
                NestedField.optional(2, "bool", Types.BooleanType.get()),
                NestedField.optional(3, "small", Types.IntegerType.get()),
                NestedField.optional(4, "big", Types.LongType.get()),
                NestedField.optional(5, "real", Types.FloatType.get()),
                NestedField.optional(6, "dbl", Types.DoubleType.get()),
                NestedField.optional(7, "dec4", Types.DecimalType.of(4, 1)),
                NestedField.optional(8, "dec9", Types.DecimalType.of(9, 2)),
                NestedField.optional(9, "dec18", Types.DecimalType.of(18, 4)),
                NestedField.optional(10, "dec38", Types.DecimalType.of(38, 10)),
                NestedField.optional(11, "day", Types.DateType.get()),
                NestedField.optional(12, "local", Types.TimestampType.withoutZone()),
                NestedField.optional(13, "moment", Types.TimestampType.withZone()),
                NestedField.optional(14, "txt", Types.StringType.get()),
                NestedField.optional(15, "uid", Types.UUIDType.get()),
                NestedField.optional(16, "fix", Types.FixedType.ofLength(3)),
                NestedField.optional(17, "bin", Types.BinaryType.get()),
                NestedField.optional(
                    18,
                    "rec",
                    Types.StructType.of(
                        NestedField.optional(19, "a", Types.IntegerType.get()),
                        NestedField.optional(
                            20,
                            "b",
                            Types.StructType.of(
                                NestedField.optional(21, "c", Types.StringType.get()),
                                NestedField.optional(22, "d", Types.DecimalType.of(38, 10)))))),
                NestedField.optional(
                    23, "list", Types.ListType.ofOptional(24, Types.DoubleType.get())),
                NestedField.optional(
                    25,
                    "recs",
                    Types.ListType.ofOptional(
                        26,
                        Types.StructType.of(
                            NestedField.optional(27, "m", Types.TimestampType.withZone()),
                            NestedField.optional(28, "x", Types.BinaryType.get())))),
                NestedField.optional(
                    29,
                    "map",
                    Types.MapType.ofOptional(
                        30,
                        31,
                        Types.StringType.get(),
                        Types.ListType.ofOptional(32, Types.LongType.get()))),
                NestedField.optional(
                    33,
                    "lists",
                    Types.ListType.ofOptional(
                        34, Types.ListType.ofOptional(35, Types.StringType.get()))),
                NestedField.optional(
                    36,
                    "maps",
                    Types.MapType.ofOptional(
                        37,
                        38,
                        Types.IntegerType.get(),
                        Types.StructType.of(
                            NestedField.optional(39, "u", Types.DateType.get()))))));
    if (time) {
      fields.add(NestedField.optional(40, "time", Types.TimeType.get()));
    }
    return new Schema(fields);
  }

  /** So many rows, with ids from 0. */
  static List<@Nullable Object[]> rows(Schema schema, int rows) {
    return rows(schema, 0, rows);
  }

  /** Rows with ids in a range. */
  static List<@Nullable Object[]> rows(Schema schema, int from, int to) {
    List<NestedField> fields = schema.columns();
    List<List<@Nullable Object>> circles = new ArrayList<>();
    for (NestedField field : fields) {
      circles.add(field.isRequired() ? List.of() : circle(field.type()));
    }
    List<@Nullable Object[]> out = new ArrayList<>();
    for (int row = from; row < to; row++) {
      @Nullable Object[] values = new Object[fields.size()];
      for (int i = 0; i < values.length; i++) {
        List<@Nullable Object> circle = circles.get(i);
        values[i] = circle.isEmpty() ? (Object) (long) row : circle.get((row + i) % circle.size());
      }
      out.add(values);
    }
    return out;
  }

  private static List<@Nullable Object> with(@Nullable Object... values) {
    return new ArrayList<>(Arrays.asList(values));
  }

  private static List<@Nullable Object> circle(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> with(true, false, null);
      case INTEGER -> with(0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 34, null);
      case LONG -> with(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 53, (1L << 53) + 1, null);
      case FLOAT ->
          with(
              0f,
              -0f,
              Float.NaN,
              Float.POSITIVE_INFINITY,
              Float.NEGATIVE_INFINITY,
              Float.MIN_VALUE,
              Float.MAX_VALUE,
              0.1f,
              null);
      case DOUBLE ->
          with(
              null,
              -0.0,
              0.0,
              Double.NaN,
              Double.POSITIVE_INFINITY,
              Double.NEGATIVE_INFINITY,
              Double.MIN_VALUE,
              -Double.MAX_VALUE,
              0.1,
              1e22);
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        BigInteger most = BigInteger.TEN.pow(decimal.precision()).subtract(BigInteger.ONE);
        List<@Nullable Object> out = with((Object) null);
        for (BigInteger unscaled :
            List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                BigInteger.ONE.negate(),
                most,
                most.negate(),
                BigInteger.valueOf(128),
                BigInteger.valueOf(-129))) {
          out.add(new BigDecimal(unscaled, decimal.scale()));
        }
        yield out;
      }
      // From year 1 to 9999, with the last of the Julian calendar and leap days.
      case DATE -> with(0, -1, -719_162, 2_932_896, -141_428, -141_427, 11_016, 19_782, null);
      case TIME -> with(0L, 86_399_999_999L, 1L, 43_200_000_000L, 3_723_004_005L, null);
      case TIMESTAMP ->
          with(
              0L,
              -1L,
              1L,
              -62_135_596_800_000_000L,
              253_402_300_799_999_999L,
              -12_219_292_800_000_001L,
              1_709_210_096_123_456L,
              -3_600_000_001L,
              null);
      case TIMESTAMP_NANO ->
          with(0L, -1L, 1_709_210_096_123_456_789L, -86_400_000_000_001L, Long.MAX_VALUE, null);
      case STRING ->
          with(
              "",
              "JFK",
              "\u0000",
              "a\uD83D\uDE00b",
              "e\u0301 \u00e9",
              "\uFFFF",
              "\u202Ertl",
              " tab\t, quote\" and 'quote', line\n, \\",
              "x".repeat(300),
              "null",
              null);
      case UUID ->
          with(
              new UUID(0, 0),
              new UUID(-1, -1),
              UUID.fromString("f79c3e09-677c-4bbd-a479-3f349cb785e7"),
              new UUID(Long.MIN_VALUE, 1),
              null);
      case FIXED ->
          with(
              bytes(new byte[] {0, 0, 0}),
              bytes(new byte[] {-1, 0, 1}),
              bytes("abc".getBytes(StandardCharsets.US_ASCII)),
              null);
      case BINARY ->
          with(
              bytes(new byte[0]),
              bytes(new byte[] {0}),
              bytes(new byte[] {-1, -2, 0, 1, 2}),
              bytes(new byte[40]),
              null);
      case STRUCT -> struct((Types.StructType) type);
      case LIST -> list(circle(((Types.ListType) type).elementType()));
      case MAP -> map((Types.MapType) type);
      default -> throw new IllegalArgumentException("no values of " + type);
    };
  }

  private static List<@Nullable Object> struct(Types.StructType type) {
    List<@Nullable Object> out = with((Object) null);
    for (int i = 0; i < 11; i++) {
      @Nullable Object[] values = new Object[type.fields().size()];
      for (int f = 0; f < values.length; f++) {
        List<@Nullable Object> circle = circle(type.fields().get(f).type());
        values[f] = circle.get((i + f) % circle.size());
      }
      out.add(values);
    }
    out.add(new Object[type.fields().size()]);
    return out;
  }

  private static List<@Nullable Object> list(List<@Nullable Object> elements) {
    List<@Nullable Object> out = with(null, List.of(), with((Object) null));
    for (int i = 0; i < elements.size(); i++) {
      List<@Nullable Object> list = new ArrayList<>();
      for (int at = 0; at < i % 4; at++) {
        list.add(elements.get((i + at) % elements.size()));
      }
      out.add(list);
    }
    out.add(elements);
    return out;
  }

  private static List<@Nullable Object> map(Types.MapType type) {
    List<@Nullable Object> values = circle(type.valueType());
    List<@Nullable Object> out = with(null, Map.of());
    for (int i = 0; i < values.size(); i++) {
      Map<Object, @Nullable Object> map = new LinkedHashMap<>();
      int at = i;
      for (Object key : circle(type.keyType())) {
        if (key != null && map.size() <= i % 3) {
          map.put(key, values.get(at++ % values.size()));
        }
      }
      out.add(map);
    }
    return out;
  }

  private static ByteBuffer bytes(byte[] bytes) {
    return ByteBuffer.wrap(bytes);
  }
}

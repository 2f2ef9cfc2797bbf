package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Random schemas, nested up to three deep, and random rows with a liking for the extreme. */
public final class RandomRows {
  private static final String[] TEXTS = {
    "",
    "\u0000",
    "a\u0000b",
    "\uFEFFbom",
    "e\u0301",
    "\u00e9",
    "\ud83d\ude80",
    "\uFFFF",
    "ORD",
    "\u202Eright to left",
    "'; drop table flights; --",
    "x".repeat(300)
  };

  /** Beam's own coder of doubles forgets which NaN it was. */
  static final double NAN_WITH_A_PAYLOAD = Double.longBitsToDouble(0x7ff8000000000123L);

  private static final double[] DOUBLES = {
    Double.NaN,
    NAN_WITH_A_PAYLOAD,
    -0.0,
    0.0,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    Double.NEGATIVE_INFINITY,
    Double.POSITIVE_INFINITY,
    1.5
  };
  private static final float[] FLOATS = {
    Float.NaN, -0.0f, 0.0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, Float.MAX_VALUE
  };

  private final Random random;
  private int lastId;

  public RandomRows(long seed) {
    this.random = new Random(seed);
  }

  public Schema schema() {
    return new Schema(fields(1 + random.nextInt(6), 0));
  }

  public List<@Nullable Object[]> rows(Schema schema, int count) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(struct(schema.asStruct()));
    }
    return rows;
  }

  public static RowBatch batch(Schema schema, List<@Nullable Object[]> rows) {
    RowBatchBuilder builder = new RowBatchBuilder(schema);
    rows.forEach(builder::append);
    return builder.build();
  }

  private List<NestedField> fields(int count, int depth) {
    List<NestedField> fields = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int id = ++lastId;
      Type type = type(depth);
      fields.add(
          random.nextInt(4) > 0
              ? NestedField.optional(id, "c" + id, type)
              : NestedField.required(id, "c" + id, type));
    }
    return fields;
  }

  private Type type(int depth) {
    return switch (random.nextInt(depth < 3 ? 20 : 17)) {
      case 0 -> Types.BooleanType.get();
      case 1 -> Types.IntegerType.get();
      case 2 -> Types.LongType.get();
      case 3 -> Types.FloatType.get();
      case 4 -> Types.DoubleType.get();
      case 5 -> Types.DateType.get();
      case 6 -> Types.TimeType.get();
      case 7 -> Types.TimestampType.withoutZone();
      case 8 -> Types.TimestampType.withZone();
      case 9 -> Types.TimestampNanoType.withZone();
      case 10 -> Types.TimestampNanoType.withoutZone();
      case 11 -> Types.StringType.get();
      case 12 -> Types.UUIDType.get();
      case 13 -> Types.FixedType.ofLength(1 + random.nextInt(20));
      case 14 -> Types.BinaryType.get();
      case 15 -> {
        int precision = 1 + random.nextInt(38);
        yield Types.DecimalType.of(precision, random.nextInt(precision + 1));
      }
      case 16 -> Types.VariantType.get();
      case 17 -> Types.StructType.of(fields(1 + random.nextInt(3), depth + 1));
      case 18 -> {
        int id = ++lastId;
        Type element = type(depth + 1);
        yield random.nextBoolean()
            ? Types.ListType.ofOptional(id, element)
            : Types.ListType.ofRequired(id, element);
      }
      default -> {
        int id = lastId + 1;
        lastId += 2;
        Type value = type(depth + 1);
        yield random.nextBoolean()
            ? Types.MapType.ofOptional(id, id + 1, Types.StringType.get(), value)
            : Types.MapType.ofRequired(id, id + 1, Types.StringType.get(), value);
      }
    };
  }

  private @Nullable Object[] struct(Types.StructType type) {
    @Nullable Object[] out = new Object[type.fields().size()];
    for (int i = 0; i < out.length; i++) {
      NestedField field = type.fields().get(i);
      out[i] = field.isOptional() ? nullable(field.type()) : value(field.type());
    }
    return out;
  }

  private @Nullable Object nullable(Type type) {
    return random.nextInt(4) == 0 ? null : value(type);
  }

  private Object value(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> random.nextBoolean();
      case INTEGER -> (int) whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
      case DATE -> (int) whole(-719_162, 2_932_896);
      case LONG, TIMESTAMP_NANO -> whole(Long.MIN_VALUE, Long.MAX_VALUE);
      case TIME -> whole(0, 86_399_999_999L);
      // Year 1 to 9999: what all of Beam's and Java's types agree on.
      case TIMESTAMP -> whole(-62_135_596_800_000_000L, 253_402_300_799_999_999L);
      case FLOAT -> FLOATS[random.nextInt(FLOATS.length)];
      case DOUBLE -> DOUBLES[random.nextInt(DOUBLES.length)];
      case DECIMAL -> decimal((Types.DecimalType) type);
      case STRING -> TEXTS[random.nextInt(TEXTS.length)];
      case VARIANT -> ByteBuffer.wrap(new byte[] {1, 0, 0, 0x0C, (byte) random.nextInt()});
      case UUID -> new UUID(random.nextLong(), random.nextLong());
      case FIXED -> bytes(((Types.FixedType) type).length());
      case BINARY -> bytes(random.nextInt(9));
      case STRUCT -> struct((Types.StructType) type);
      case LIST -> {
        Types.ListType list = (Types.ListType) type;
        List<@Nullable Object> out = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          out.add(
              list.isElementOptional() ? nullable(list.elementType()) : value(list.elementType()));
        }
        yield out;
      }
      case MAP -> {
        Types.MapType map = (Types.MapType) type;
        Map<Object, @Nullable Object> out = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          out.put(
              value(map.keyType()),
              map.isValueOptional() ? nullable(map.valueType()) : value(map.valueType()));
        }
        yield out;
      }
      default -> throw new IllegalArgumentException("no values of " + type);
    };
  }

  private long whole(long min, long max) {
    return switch (random.nextInt(4)) {
      case 0 -> min;
      case 1 -> max;
      case 2 -> Math.max(min, Math.min(max, random.nextInt(100)));
      default -> random.nextLong(min, max);
    };
  }

  private BigDecimal decimal(Types.DecimalType type) {
    BigInteger most = BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE);
    BigInteger unscaled =
        switch (random.nextInt(4)) {
          case 0 -> most;
          case 1 -> most.negate();
          case 2 -> BigInteger.ZERO;
          default -> new BigInteger(120, random).mod(most).subtract(most.shiftRight(1));
        };
    return new BigDecimal(unscaled, type.scale());
  }

  private ByteBuffer bytes(int length) {
    byte[] out = new byte[length];
    random.nextBytes(out);
    return ByteBuffer.wrap(out);
  }
}

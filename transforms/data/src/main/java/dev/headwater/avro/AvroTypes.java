package dev.headwater.avro;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The table's types that an Avro schema suggests. A union of more than null and one type that no
 * wider one takes becomes a struct of {@code member0}, {@code member1}, …, as parquet-avro writes
 * it; a field of nothing but null a text.
 */
public final class AvroTypes {
  private final AtomicInteger lastId = new AtomicInteger();
  private final Set<String> open = new LinkedHashSet<>();

  private AvroTypes() {}

  /**
   * The columns of records of this schema: all optional, fresh ids.
   *
   * @throws IllegalArgumentException if it is no record, or no table can hold it
   */
  public static org.apache.iceberg.Schema of(Schema record) {
    if (record.getType() != Schema.Type.RECORD) {
      throw new IllegalArgumentException("its rows are no records, but " + record.getType());
    }
    AtomicInteger next = new AtomicInteger();
    return TypeUtil.assignFreshIds(
        new org.apache.iceberg.Schema(new AvroTypes().struct(record).fields()),
        next::incrementAndGet);
  }

  /** The columns that may be null; the others never are. */
  public static Set<String> nullable(Schema record) {
    Set<String> out = new HashSet<>();
    for (Schema.Field field : record.getFields()) {
      if (field.schema().isNullable()) {
        out.add(field.name());
      }
    }
    return out;
  }

  private Types.StructType struct(Schema record) {
    if (!open.add(record.getFullName())) {
      throw new IllegalArgumentException(
          "record " + record.getFullName() + " holds records of itself, which no table can");
    }
    List<Types.NestedField> fields = new ArrayList<>();
    for (Schema.Field field : record.getFields()) {
      fields.add(optional(field.name(), type(field.schema())));
    }
    open.remove(record.getFullName());
    return Types.StructType.of(fields);
  }

  private Types.NestedField optional(String name, Type type) {
    return Types.NestedField.optional(lastId.incrementAndGet(), name, type);
  }

  private Type type(Schema schema) {
    return switch (schema.getType()) {
      case NULL, STRING, ENUM, INT, LONG, FIXED, BYTES, BOOLEAN, FLOAT, DOUBLE -> plain(schema);
      case ARRAY -> {
        Type elements = type(schema.getElementType());
        yield Types.ListType.ofOptional(lastId.incrementAndGet(), elements);
      }
      case MAP -> {
        Type values = type(schema.getValueType());
        yield Types.MapType.ofOptional(
            lastId.incrementAndGet(), lastId.incrementAndGet(), Types.StringType.get(), values);
      }
      case RECORD -> struct(schema);
      case UNION -> union(members(schema));
    };
  }

  private static Type plain(Schema schema) {
    AvroMeaning meaning = AvroMeaning.of(schema);
    if (meaning == AvroMeaning.DAYS) {
      return Types.DateType.get();
    } else if (meaning.isTime()) {
      return Types.TimeType.get();
    } else if (meaning.isMoment() || meaning == AvroMeaning.MOMENT_TEXT) {
      return Types.TimestampType.withZone();
    } else if (meaning.isLocal()) {
      return Types.TimestampType.withoutZone();
    } else if (meaning == AvroMeaning.UUID) {
      return Types.UUIDType.get();
    } else if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      if (decimal.getPrecision() > 38) {
        throw new IllegalArgumentException(
            "a decimal of " + decimal.getPrecision() + " digits is more than a table can hold");
      }
      return Types.DecimalType.of(decimal.getPrecision(), decimal.getScale());
    }
    return switch (schema.getType()) {
      case BOOLEAN -> Types.BooleanType.get();
      case INT -> Types.IntegerType.get();
      case LONG -> Types.LongType.get();
      case FLOAT -> Types.FloatType.get();
      case DOUBLE -> Types.DoubleType.get();
      case BYTES -> Types.BinaryType.get();
      case FIXED -> Types.FixedType.ofLength(schema.getFixedSize());
      default -> Types.StringType.get();
    };
  }

  /** What a union may hold besides null. */
  static List<Schema> members(Schema union) {
    return union.getTypes().stream().filter(s -> s.getType() != Schema.Type.NULL).toList();
  }

  private Type union(List<Schema> members) {
    if (members.isEmpty()) {
      return Types.StringType.get();
    }
    List<Type> types = members.stream().map(this::type).toList();
    Type all = types.get(0);
    List<Types.NestedField> each = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      each.add(optional("member" + i, types.get(i)));
      all = all == null ? null : wider(all, types.get(i));
    }
    return all == null ? Types.StructType.of(each) : all;
  }

  /** The type that takes both, or null. */
  private static @Nullable Type wider(Type one, Type other) {
    if (one.equals(other)) {
      return one;
    }
    if (!one.isPrimitiveType() || !other.isPrimitiveType()) {
      return null;
    }
    boolean dates = one.typeId() == Type.TypeID.DATE || other.typeId() == Type.TypeID.DATE;
    return dates
        ? null
        : TypeUtil.isPromotionAllowed(one, other.asPrimitiveType())
            ? other
            : TypeUtil.isPromotionAllowed(other, one.asPrimitiveType()) ? one : null;
  }
}

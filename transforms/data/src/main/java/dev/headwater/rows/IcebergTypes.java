package dev.headwater.rows;

import dev.headwater.catalog.HeadwaterException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.FixedBytes;
import org.apache.beam.sdk.schemas.logicaltypes.FixedPrecisionNumeric;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.NanosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.PassThroughLogicalType;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.schemas.logicaltypes.VariableBytes;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Beam's types as Iceberg's. Field ids are given out in order, outer fields first. */
final class IcebergTypes {
  private final AtomicInteger lastId = new AtomicInteger();

  private IcebergTypes() {}

  static org.apache.iceberg.Schema schema(Schema schema) {
    return new org.apache.iceberg.Schema(new IcebergTypes().fields(schema, ""));
  }

  private List<Types.NestedField> fields(Schema schema, String path) {
    int first = lastId.getAndAdd(schema.getFieldCount()) + 1;
    List<Types.NestedField> out = new ArrayList<>();
    for (int i = 0; i < schema.getFieldCount(); i++) {
      Schema.Field field = schema.getField(i);
      Type type = of(field.getType(), path + field.getName());
      out.add(
          field.getType().getNullable()
              ? Types.NestedField.optional(first + i, field.getName(), type)
              : Types.NestedField.required(first + i, field.getName(), type));
    }
    return out;
  }

  private Type of(FieldType type, String path) {
    return switch (type.getTypeName()) {
      case BOOLEAN -> Types.BooleanType.get();
      case BYTE, INT16, INT32 -> Types.IntegerType.get();
      case INT64 -> Types.LongType.get();
      case FLOAT -> Types.FloatType.get();
      case DOUBLE -> Types.DoubleType.get();
      case STRING -> Types.StringType.get();
      case BYTES -> Types.BinaryType.get();
      case DATETIME -> Types.TimestampType.withZone();
      case DECIMAL ->
          throw refused(path, type, "give it a precision: FixedPrecisionNumeric.of(38, 9).");
      case ROW -> Types.StructType.of(fields(present(type.getRowSchema()), path + "."));
      case ARRAY, ITERABLE -> {
        FieldType element = present(type.getCollectionElementType());
        int id = lastId.incrementAndGet();
        Type of = of(element, path + ".element");
        yield element.getNullable()
            ? Types.ListType.ofOptional(id, of)
            : Types.ListType.ofRequired(id, of);
      }
      case MAP -> {
        FieldType value = present(type.getMapValueType());
        int id = lastId.getAndAdd(2) + 1;
        Type keys = of(present(type.getMapKeyType()), path + ".key");
        Type values = of(value, path + ".value");
        yield value.getNullable()
            ? Types.MapType.ofOptional(id, id + 1, keys, values)
            : Types.MapType.ofRequired(id, id + 1, keys, values);
      }
      case LOGICAL_TYPE -> logical(type, path);
    };
  }

  private Type logical(FieldType type, String path) {
    Schema.LogicalType<?, ?> logical = present(type.getLogicalType());
    if (logical instanceof FixedPrecisionNumeric) {
      Row argument = present((Row) logical.getArgument());
      return Types.DecimalType.of(
          present(argument.getInt32("precision")), present(argument.getInt32("scale")));
    } else if (logical instanceof FixedBytes fixed) {
      return Types.FixedType.ofLength(fixed.getLength());
    } else if (logical instanceof VariableBytes) {
      return Types.BinaryType.get();
    } else if (logical.getIdentifier().equals(SqlTypes.DATE.getIdentifier())) {
      return Types.DateType.get();
    } else if (logical.getIdentifier().equals(SqlTypes.TIME.getIdentifier())) {
      return Types.TimeType.get();
    } else if (logical.getIdentifier().equals(SqlTypes.DATETIME.getIdentifier())) {
      return Types.TimestampType.withoutZone();
    } else if (logical.getIdentifier().equals(MicrosInstant.IDENTIFIER)) {
      return Types.TimestampType.withZone();
    } else if (logical.getIdentifier().equals(NanosInstant.IDENTIFIER)) {
      return Types.TimestampNanoType.withZone();
    } else if (logical.getIdentifier().equals(SqlTypes.UUID.getIdentifier())) {
      return Types.UUIDType.get();
    } else if (logical instanceof PassThroughLogicalType) {
      return of(logical.getBaseType(), path);
    }
    throw refused(path, type, "convert the field to one of Iceberg's types first.");
  }

  private static HeadwaterException refused(String path, FieldType type, String fix) {
    Schema.LogicalType<?, ?> logical = type.getLogicalType();
    return new HeadwaterException(
        HeadwaterException.Kind.DATA,
        "Field "
            + path
            + " of the Beam schema has type "
            + (logical == null ? type.getTypeName() : logical.getIdentifier())
            + ", which no column holds.",
        fix);
  }

  private static <T> T present(@Nullable T value) {
    return Objects.requireNonNull(value, "a part of the Beam type");
  }
}

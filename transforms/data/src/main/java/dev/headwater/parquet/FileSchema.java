package dev.headwater.parquet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/** The table's schema that a foreign Parquet file suggests: all columns optional, fresh ids. */
public final class FileSchema {
  private FileSchema() {}

  /**
   * The schema of this file's columns.
   *
   * @throws IllegalArgumentException if a column has a type that no table can hold
   */
  public static Schema of(MessageType file) {
    List<Types.NestedField> fields = new ArrayList<>();
    int id = 1;
    for (org.apache.parquet.schema.Type field : file.getFields()) {
      fields.add(Types.NestedField.optional(id++, field.getName(), type(field)));
    }
    AtomicInteger next = new AtomicInteger();
    return TypeUtil.assignFreshIds(new Schema(distinctIds(fields)), next::incrementAndGet);
  }

  /** Ids of nested fields come from conversions of one column each, so they may collide. */
  private static List<Types.NestedField> distinctIds(List<Types.NestedField> fields) {
    AtomicInteger next = new AtomicInteger();
    List<Types.NestedField> out = new ArrayList<>();
    for (Types.NestedField field : fields) {
      Schema alone = TypeUtil.assignFreshIds(new Schema(field), next::incrementAndGet);
      out.add(alone.columns().get(0));
    }
    return out;
  }

  private static Type type(org.apache.parquet.schema.Type field) {
    if (field.isPrimitive()
        && !field.isRepetition(org.apache.parquet.schema.Type.Repetition.REPEATED)) {
      Type own = primitive(field.asPrimitiveType());
      if (own != null) {
        return own;
      }
    }
    try {
      return ParquetSchemaUtil.convert(new MessageType("table", field.withId(1)))
          .columns()
          .get(0)
          .type();
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "column " + field.getName() + " is " + field + ", which no table can hold", e);
    }
  }

  /** Where Iceberg's own conversion refuses or means something else. */
  private static @Nullable Type primitive(PrimitiveType type) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    return switch (type.getPrimitiveTypeName()) {
      case INT32 ->
          logical instanceof IntLogicalTypeAnnotation i && !i.isSigned() && i.getBitWidth() == 32
              ? Types.LongType.get()
              : logical instanceof IntLogicalTypeAnnotation ? Types.IntegerType.get() : null;
      case INT64 ->
          logical instanceof IntLogicalTypeAnnotation i
              ? i.isSigned() ? Types.LongType.get() : Types.DecimalType.of(20, 0)
              : logical instanceof TimestampLogicalTypeAnnotation t
                  ? t.isAdjustedToUTC()
                      ? Types.TimestampType.withZone()
                      : Types.TimestampType.withoutZone()
                  : logical instanceof LogicalTypeAnnotation.TimeLogicalTypeAnnotation
                      ? Types.TimeType.get()
                      : null;
      case INT96 -> Types.TimestampType.withZone();
      case BINARY ->
          logical instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
                  || logical instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation
                  || logical instanceof LogicalTypeAnnotation.JsonLogicalTypeAnnotation
              ? Types.StringType.get()
              : logical instanceof DecimalLogicalTypeAnnotation ? null : Types.BinaryType.get();
      case FIXED_LEN_BYTE_ARRAY ->
          logical instanceof LogicalTypeAnnotation.Float16LogicalTypeAnnotation
              ? Types.FloatType.get()
              : logical instanceof LogicalTypeAnnotation.UUIDLogicalTypeAnnotation
                  ? Types.UUIDType.get()
                  : null;
      default -> null;
    };
  }
}

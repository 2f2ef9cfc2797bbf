package dev.headwater.orc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.orc.TypeDescription;

/**
 * The table's types that an ORC file suggests: all optional, fresh ids. A union becomes a struct of
 * {@code member0}, {@code member1}, ….
 */
final class OrcTypes {
  private final AtomicInteger lastId = new AtomicInteger();

  private OrcTypes() {}

  static Schema of(TypeDescription file) {
    if (file.getCategory() != TypeDescription.Category.STRUCT) {
      throw new IllegalArgumentException("its rows are no structs, but " + file.getCategory());
    }
    AtomicInteger next = new AtomicInteger();
    return TypeUtil.assignFreshIds(
        new Schema(new OrcTypes().struct(file).fields()), next::incrementAndGet);
  }

  private Types.StructType struct(TypeDescription own) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (int i = 0; i < own.getChildren().size(); i++) {
      String name =
          own.getCategory() == TypeDescription.Category.UNION
              ? "member" + i
              : own.getFieldNames().get(i);
      Type type = type(own.getChildren().get(i));
      fields.add(Types.NestedField.optional(lastId.incrementAndGet(), name, type));
    }
    return Types.StructType.of(fields);
  }

  private Type type(TypeDescription own) {
    return switch (own.getCategory()) {
      case BOOLEAN -> Types.BooleanType.get();
      case BYTE, SHORT, INT -> Types.IntegerType.get();
      case LONG ->
          "TIME".equals(own.getAttributeValue("iceberg.long-type"))
              ? Types.TimeType.get()
              : Types.LongType.get();
      case FLOAT -> Types.FloatType.get();
      case DOUBLE -> Types.DoubleType.get();
      case STRING, CHAR, VARCHAR -> Types.StringType.get();
      case BINARY ->
          "UUID".equals(own.getAttributeValue("iceberg.binary-type"))
              ? Types.UUIDType.get()
              : Types.BinaryType.get();
      case DATE -> Types.DateType.get();
      case TIMESTAMP -> Types.TimestampType.withoutZone();
      case TIMESTAMP_INSTANT -> Types.TimestampType.withZone();
      case DECIMAL -> Types.DecimalType.of(own.getPrecision(), own.getScale());
      case LIST -> {
        Type elements = type(own.getChildren().get(0));
        yield Types.ListType.ofOptional(lastId.incrementAndGet(), elements);
      }
      case MAP -> {
        Type keys = type(own.getChildren().get(0));
        Type values = type(own.getChildren().get(1));
        yield Types.MapType.ofOptional(
            lastId.incrementAndGet(), lastId.incrementAndGet(), keys, values);
      }
      case STRUCT, UNION -> struct(own);
    };
  }
}

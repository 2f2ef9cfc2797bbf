package dev.headwater.columns;

import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** The numbers of types in bytes; they are part of the format. */
final class TypeCode {
  static final int FIXED = 32;
  static final int DECIMAL = 33;
  static final int STRUCT = 34;
  static final int LIST = 35;
  static final int MAP = 36;

  private static final Type[] SIMPLE = {
    Types.BooleanType.get(),
    Types.IntegerType.get(),
    Types.LongType.get(),
    Types.FloatType.get(),
    Types.DoubleType.get(),
    Types.DateType.get(),
    Types.TimeType.get(),
    Types.TimestampType.withoutZone(),
    Types.TimestampType.withZone(),
    Types.TimestampNanoType.withoutZone(),
    Types.TimestampNanoType.withZone(),
    Types.StringType.get(),
    Types.UUIDType.get(),
    Types.BinaryType.get(),
    Types.VariantType.get(),
    Types.UnknownType.get()
  };

  private TypeCode() {}

  static int of(Type type) {
    for (int i = 0; i < SIMPLE.length; i++) {
      if (SIMPLE[i].equals(type)) {
        return i;
      }
    }
    return switch (type.typeId()) {
      case FIXED -> FIXED;
      case DECIMAL -> DECIMAL;
      case STRUCT -> STRUCT;
      case LIST -> LIST;
      case MAP -> MAP;
      default -> throw new IllegalArgumentException("columns hold no values of type " + type);
    };
  }

  /** The type that needs no more than its number; Java's null for others. */
  static @Nullable Type simple(int code) {
    return code < SIMPLE.length ? SIMPLE[code] : null;
  }
}

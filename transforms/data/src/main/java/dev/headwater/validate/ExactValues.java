package dev.headwater.validate;

import java.math.BigDecimal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Values of one type as values of a narrower one, where nothing is lost by it. */
final class ExactValues {
  private ExactValues() {}

  /** The same value in the other type; null if that can't hold it. */
  static @Nullable Object of(Object value, Type from, Type to) {
    if (from.equals(to)) {
      return value;
    }
    return switch (to.typeId()) {
      case INTEGER ->
          value instanceof Long n && n == n.intValue()
              ? (Object) n.intValue()
              : value instanceof Integer ? value : null;
      case LONG -> value instanceof Integer n ? (Object) n.longValue() : value;
      case FLOAT -> real(value);
      case DOUBLE -> value instanceof Float x ? (Object) x.doubleValue() : value;
      case DECIMAL -> decimal(value, (Types.DecimalType) to);
      default -> null;
    };
  }

  /** Whether values of the one type can be values of the other at all. */
  static boolean comparable(Type from, Type to) {
    return switch (to.typeId()) {
      case INTEGER, LONG -> integer(from);
      case FLOAT, DOUBLE ->
          from.typeId() == Type.TypeID.FLOAT || from.typeId() == Type.TypeID.DOUBLE;
      case DECIMAL ->
          from instanceof Types.DecimalType d && d.scale() == ((Types.DecimalType) to).scale();
      default -> false;
    };
  }

  private static boolean integer(Type type) {
    return type.typeId() == Type.TypeID.INTEGER || type.typeId() == Type.TypeID.LONG;
  }

  private static @Nullable Object real(Object value) {
    if (value instanceof Double x) {
      float narrow = x.floatValue();
      return Double.compare(narrow, x) == 0 ? (Object) narrow : null;
    }
    return value;
  }

  private static @Nullable Object decimal(Object value, Types.DecimalType to) {
    return value instanceof BigDecimal d && d.precision() <= to.precision() ? d : null;
  }
}

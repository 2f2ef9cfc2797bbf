package dev.headwater.columns.expr;

import java.util.Locale;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What types mean in an expression: how they are named, held, and brought together. */
final class SqlTypes {
  /** How a column of a type is held. */
  enum Held {
    BOOLEAN,
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    DECIMAL,
    BYTES,
    NESTED
  }

  /** Days to seconds, held as microseconds in a long. */
  static final Type INTERVAL = new Own("interval");

  /** Years and months, held as months in a long. */
  static final Type MONTHS = new Own("interval of months");

  /** The type of NULL. */
  static final Type UNKNOWN = Types.UnknownType.get();

  /** What has no type, since it is wrong and has been reported. */
  static final Type ERROR = new Own("error");

  static final Type BOOLEAN = Types.BooleanType.get();
  static final Type INT = Types.IntegerType.get();
  static final Type LONG = Types.LongType.get();
  static final Type FLOAT = Types.FloatType.get();
  static final Type DOUBLE = Types.DoubleType.get();
  static final Type STRING = Types.StringType.get();
  static final Type DATE = Types.DateType.get();
  static final Type TIMESTAMP = Types.TimestampType.withoutZone();
  static final Type BINARY = Types.BinaryType.get();

  private SqlTypes() {}

  /** A type that values have on their way, and columns never. */
  private static final class Own extends Type.PrimitiveType {
    private final String name;

    Own(String name) {
      this.name = name;
    }

    @Override
    public TypeID typeId() {
      return TypeID.UNKNOWN;
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return this == o;
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static String name(Type type) {
    if (type.equals(UNKNOWN)) {
      return "null";
    }
    return type.toString().toLowerCase(Locale.ROOT).replace(", ", ",");
  }

  static Held held(Type type) {
    if (type == INTERVAL || type == MONTHS) {
      return Held.LONG;
    }
    return switch (type.typeId()) {
      case BOOLEAN, UNKNOWN -> Held.BOOLEAN;
      case INTEGER, DATE -> Held.INT;
      case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> Held.LONG;
      case FLOAT -> Held.FLOAT;
      case DOUBLE -> Held.DOUBLE;
      case DECIMAL -> Held.DECIMAL;
      case STRING, BINARY, FIXED, UUID -> Held.BYTES;
      default -> Held.NESTED;
    };
  }

  /** Whether values of it can be equal exactly: rows are grouped and joined by them. */
  static boolean isKey(Type type) {
    return switch (held(type)) {
      case FLOAT, DOUBLE, NESTED -> false;
      default -> true;
    };
  }

  /** What keys are, for the message about one that is none. */
  static String keys(Type type) {
    return "integers, decimals, dates, times, text or bytes, not by "
        + name(type)
        + ". Cast or round it to one.";
  }

  static boolean is(Type type, Type.TypeID id) {
    return type.typeId() == id && !(type instanceof Own);
  }

  static boolean isInteger(Type type) {
    return is(type, Type.TypeID.INTEGER) || is(type, Type.TypeID.LONG);
  }

  static boolean isFloating(Type type) {
    return is(type, Type.TypeID.FLOAT) || is(type, Type.TypeID.DOUBLE);
  }

  static boolean isDecimal(Type type) {
    return is(type, Type.TypeID.DECIMAL);
  }

  static boolean isNumber(Type type) {
    return isInteger(type) || isFloating(type) || isDecimal(type);
  }

  static boolean isString(Type type) {
    return is(type, Type.TypeID.STRING);
  }

  static boolean isDate(Type type) {
    return is(type, Type.TypeID.DATE);
  }

  static boolean isTimestamp(Type type) {
    return is(type, Type.TypeID.TIMESTAMP) || is(type, Type.TypeID.TIMESTAMP_NANO);
  }

  static boolean isNanos(Type type) {
    return is(type, Type.TypeID.TIMESTAMP_NANO);
  }

  static boolean isZoned(Type type) {
    return type instanceof Types.TimestampType t && t.shouldAdjustToUTC()
        || type instanceof Types.TimestampNanoType n && n.shouldAdjustToUTC();
  }

  static boolean isTime(Type type) {
    return is(type, Type.TypeID.TIME);
  }

  /** Microseconds a unit of the type's long has; timestamps only. */
  static long unitsPerSecond(Type type) {
    return isNanos(type) ? 1_000_000_000L : 1_000_000L;
  }

  static Types.DecimalType decimal(Type type) {
    if (is(type, Type.TypeID.INTEGER)) {
      return Types.DecimalType.of(10, 0);
    }
    return type instanceof Types.DecimalType d ? d : Types.DecimalType.of(19, 0);
  }

  static Types.DecimalType decimal(int precision, int scale) {
    return Types.DecimalType.of(Math.min(38, Math.max(1, precision)), Math.min(38, scale));
  }

  /** The type both can be brought to without asking for it; Java's null if there is none. */
  static @Nullable Type common(Type a, Type b) {
    if (a.equals(b) || b.equals(UNKNOWN)) {
      return a;
    }
    if (a.equals(UNKNOWN)) {
      return b;
    }
    if (isNumber(a) && isNumber(b)) {
      return commonNumber(a, b);
    }
    boolean timeA = isDate(a) || isTimestamp(a);
    boolean timeB = isDate(b) || isTimestamp(b);
    if (timeA && timeB) {
      boolean zoned = isZoned(a) || isZoned(b);
      if (isNanos(a) || isNanos(b)) {
        return zoned ? Types.TimestampNanoType.withZone() : Types.TimestampNanoType.withoutZone();
      }
      return zoned ? Types.TimestampType.withZone() : TIMESTAMP;
    }
    boolean bytesA = is(a, Type.TypeID.BINARY) || is(a, Type.TypeID.FIXED);
    boolean bytesB = is(b, Type.TypeID.BINARY) || is(b, Type.TypeID.FIXED);
    return bytesA && bytesB ? BINARY : null;
  }

  private static Type commonNumber(Type a, Type b) {
    if (is(a, Type.TypeID.DOUBLE) || is(b, Type.TypeID.DOUBLE)) {
      return DOUBLE;
    }
    if (isFloating(a) || isFloating(b)) {
      return FLOAT;
    }
    if (isInteger(a) && isInteger(b)) {
      return LONG;
    }
    Types.DecimalType x = decimal(a);
    Types.DecimalType y = decimal(b);
    int scale = Math.max(x.scale(), y.scale());
    int whole = Math.max(x.precision() - x.scale(), y.precision() - y.scale());
    return decimal(whole + scale, scale);
  }
}

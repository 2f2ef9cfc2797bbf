package dev.headwater.columns.expr;

import dev.headwater.columns.expr.Call.Fault;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** One value of one type as a value of another. */
final class Casts {
  private Casts() {}

  /** Whether CAST may be asked for. */
  static boolean exists(Type from, Type to) {
    if (from.equals(to) || from.equals(SqlTypes.UNKNOWN)) {
      return true;
    }
    boolean plain = SqlTypes.isNumber(from) || SqlTypes.is(from, Type.TypeID.BOOLEAN);
    boolean plainTo = SqlTypes.isNumber(to) || SqlTypes.is(to, Type.TypeID.BOOLEAN);
    boolean time = SqlTypes.isDate(from) || SqlTypes.isTimestamp(from);
    boolean timeTo = SqlTypes.isDate(to) || SqlTypes.isTimestamp(to);
    boolean bytes = isBytes(from);
    if (SqlTypes.isString(from)) {
      return plainTo || timeTo || SqlTypes.isTime(to) || isBytes(to) || isUuid(to);
    }
    if (SqlTypes.isString(to)) {
      return plain || time || SqlTypes.isTime(from) || bytes || isUuid(from);
    }
    return plain && plainTo
        || time && timeTo
        || SqlTypes.isTimestamp(from) && SqlTypes.isTime(to)
        || bytes && (isBytes(to) || isUuid(to))
        || isUuid(from) && isBytes(to);
  }

  private static boolean isBytes(Type type) {
    return SqlTypes.is(type, Type.TypeID.BINARY) || SqlTypes.is(type, Type.TypeID.FIXED);
  }

  private static boolean isUuid(Type type) {
    return SqlTypes.is(type, Type.TypeID.UUID);
  }

  static boolean mayFail(Type from, Type to) {
    return !SqlTypes.isString(to) && !SqlTypes.is(to, Type.TypeID.BOOLEAN)
        || SqlTypes.isString(from);
  }

  static Object convert(Object value, Type from, Type to) {
    if (from.equals(to)) {
      return value;
    }
    if (value instanceof String text) {
      return parse(text, to);
    }
    if (SqlTypes.isString(to)) {
      return text(value, from);
    }
    if (SqlTypes.isNumber(to)) {
      Object number = value instanceof Boolean b ? (Object) (b ? 1 : 0) : value;
      return number(number, to);
    }
    return switch (to.typeId()) {
      case BOOLEAN -> decimal(value, to).signum() != 0;
      case DATE -> Math.toIntExact(Times.local((Long) value, from).toLocalDate().toEpochDay());
      case TIME -> Times.local((Long) value, from).toLocalTime().toNanoOfDay() / 1_000;
      case TIMESTAMP, TIMESTAMP_NANO ->
          Times.held(
              SqlTypes.isDate(from)
                  ? java.time.LocalDate.ofEpochDay((Integer) value).atStartOfDay()
                  : Times.local((Long) value, from),
              to);
      case UUID -> uuid((ByteBuffer) value);
      case FIXED, BINARY -> sized(ByteBuffer.wrap(Cells.toBytes(value)), to);
      default -> throw new IllegalStateException("no cast from " + from + " to " + to);
    };
  }

  private static Object sized(ByteBuffer bytes, Type to) {
    if (to instanceof Types.FixedType f && f.length() != bytes.remaining()) {
      throw new Fault(bytes.remaining() + " bytes do not fit into " + to);
    }
    return bytes;
  }

  private static UUID uuid(ByteBuffer bytes) {
    if (bytes.remaining() != 16) {
      throw new Fault(bytes.remaining() + " bytes are not a uuid, which has 16");
    }
    return new UUID(bytes.getLong(bytes.position()), bytes.getLong(bytes.position() + 8));
  }

  private static Object parse(String text, Type to) {
    String stripped = text.strip();
    try {
      return switch (to.typeId()) {
        case BOOLEAN ->
            switch (stripped.toLowerCase(Locale.ROOT)) {
              case "true", "t", "1" -> true;
              case "false", "f", "0" -> false;
              default -> throw new NumberFormatException();
            };
        case INTEGER -> Integer.parseInt(stripped);
        case LONG -> Long.parseLong(stripped);
        case FLOAT -> Float.parseFloat(floating(stripped));
        case DOUBLE -> Double.parseDouble(floating(stripped));
        case DECIMAL -> number(new BigDecimal(stripped), to);
        case DATE -> Times.date(stripped);
        case TIME -> Times.time(stripped);
        case TIMESTAMP, TIMESTAMP_NANO -> Times.timestamp(stripped, to);
        case UUID -> UUID.fromString(stripped);
        case BINARY, FIXED -> sized(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), to);
        default -> throw new IllegalStateException("no cast from string to " + to);
      };
    } catch (IllegalArgumentException e) {
      throw new Fault("'" + text + "' is not a value of type " + SqlTypes.name(to));
    }
  }

  /** Java would also take hexadecimal and a type's letter. */
  private static String floating(String text) {
    boolean word = text.equals("NaN") || text.endsWith("Infinity");
    if (!word && !text.matches("[-+.0-9eE]+")) {
      throw new NumberFormatException();
    }
    return text;
  }

  private static String text(Object value, Type from) {
    if (value instanceof BigDecimal d) {
      return d.toPlainString();
    }
    if (value instanceof ByteBuffer b) {
      return StandardCharsets.UTF_8.decode(b.duplicate()).toString();
    }
    boolean time = SqlTypes.isDate(from) || SqlTypes.isTimestamp(from) || SqlTypes.isTime(from);
    return time ? Times.text(value, from) : value.toString();
  }

  /** Fractions round half away from zero. */
  static Object number(Object value, Type to) {
    Number number = (Number) value;
    boolean integer = value instanceof Integer || value instanceof Long;
    return switch (to.typeId()) {
      case DOUBLE -> number.doubleValue();
      case FLOAT -> number.floatValue();
      case DECIMAL -> {
        Types.DecimalType type = (Types.DecimalType) to;
        BigDecimal scaled = decimal(value, to).setScale(type.scale(), RoundingMode.HALF_UP);
        if (scaled.precision() > type.precision()) {
          throw new Fault(value + " does not fit into " + SqlTypes.name(to));
        }
        yield scaled;
      }
      default -> integer(value, number, integer, to);
    };
  }

  private static Object integer(Object value, Number number, boolean integer, Type to) {
    BigInteger whole =
        integer
            ? BigInteger.valueOf(number.longValue())
            : decimal(value, to).setScale(0, RoundingMode.HALF_UP).toBigInteger();
    boolean big = SqlTypes.is(to, Type.TypeID.LONG);
    if (whole.bitLength() > (big ? 63 : 31)) {
      throw new Fault(value + " does not fit into " + SqlTypes.name(to));
    }
    return big ? (Object) whole.longValue() : (Object) whole.intValue();
  }

  static BigDecimal decimal(Object value, Type to) {
    if (value instanceof BigDecimal d) {
      return d;
    }
    if (value instanceof Integer || value instanceof Long) {
      return BigDecimal.valueOf(((Number) value).longValue());
    }
    if (value instanceof Boolean b) {
      return b ? BigDecimal.ONE : BigDecimal.ZERO;
    }
    double number = ((Number) value).doubleValue();
    if (SqlTypes.is(to, Type.TypeID.BOOLEAN)) {
      return number == 0 ? BigDecimal.ZERO : BigDecimal.ONE;
    }
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new Fault(value + " does not fit into " + SqlTypes.name(to));
    }
    return SqlTypes.isDecimal(to) ? new BigDecimal(value.toString()) : new BigDecimal(number);
  }
}

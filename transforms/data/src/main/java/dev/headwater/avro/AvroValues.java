package dev.headwater.avro;

import dev.headwater.columns.ColumnBuilder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Readers of values that aren't nested, into columns of the same type or one that can hold the
 * value exactly: a long goes into an int column where it is one.
 */
final class AvroValues {
  private static final long EXACT_IN_DOUBLE = 1L << 53;
  private static final int EXACT_IN_FLOAT = 1 << 24;

  private AvroValues() {}

  /** A reader; null if there is no way from the one type to the other. */
  static @Nullable AvroReader of(Schema own, Type wanted) {
    AvroMeaning meaning = AvroMeaning.of(own);
    boolean whole = own.getType() == Schema.Type.INT || own.getType() == Schema.Type.LONG;
    boolean plain = whole && meaning == AvroMeaning.PLAIN;
    return switch (wanted.typeId()) {
      case BOOLEAN ->
          own.getType() == Schema.Type.BOOLEAN
              ? (in, to) -> to.appendBoolean(in.readBoolean())
              : null;
      case INTEGER -> plain ? (in, to) -> to.appendInt(Math.toIntExact(in.readLong())) : null;
      case LONG -> plain ? (in, to) -> to.appendLong(in.readLong()) : null;
      case DATE -> meaning == AvroMeaning.DAYS ? (in, to) -> to.appendInt(in.readInt()) : null;
      case TIME ->
          meaning.isTime() ? (in, to) -> to.appendLong(meaning.micros(in.readLong())) : null;
      case TIMESTAMP ->
          meaning.isMoment() || meaning.isLocal()
              ? (in, to) -> to.appendLong(meaning.micros(in.readLong()))
              : meaning == AvroMeaning.MOMENT_TEXT ? AvroValues::moment : null;
      case FLOAT -> ofFloat(own, plain);
      case DOUBLE -> ofDouble(own, plain);
      case DECIMAL -> decimal(own, (Types.DecimalType) wanted, plain);
      case STRING, BINARY, FIXED -> bytes(own, meaning);
      case UUID -> uuid(own);
      default -> null;
    };
  }

  private static @Nullable AvroReader ofFloat(Schema own, boolean plain) {
    if (own.getType() == Schema.Type.DOUBLE) {
      return (in, to) -> {
        double value = in.readDouble();
        exact(Double.compare((float) value, value) == 0 || Double.isNaN(value), value, "float");
        to.appendFloat((float) value);
      };
    }
    return own.getType() == Schema.Type.FLOAT
        ? (in, to) -> to.appendFloat(in.readFloat())
        : plain ? (in, to) -> to.appendFloat((float) whole(in.readLong(), EXACT_IN_FLOAT)) : null;
  }

  private static @Nullable AvroReader ofDouble(Schema own, boolean plain) {
    return switch (own.getType()) {
      case FLOAT -> (in, to) -> to.appendDouble(in.readFloat());
      case DOUBLE -> (in, to) -> to.appendDouble(in.readDouble());
      default ->
          plain
              ? (in, to) -> to.appendDouble((double) whole(in.readLong(), EXACT_IN_DOUBLE))
              : null;
    };
  }

  private static long whole(long value, long most) {
    exact(value >= -most && value <= most, value, "float or double");
    return value;
  }

  private static void exact(boolean is, Object value, String type) {
    if (!is) {
      throw new BadValue("type", "is " + value + ", which no " + type + " is exactly");
    }
  }

  private static @Nullable AvroReader decimal(Schema own, Types.DecimalType wanted, boolean plain) {
    if (own.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      int fixed = own.getType() == Schema.Type.FIXED ? own.getFixedSize() : -1;
      int scale = decimal.getScale();
      return (in, to) -> {
        int length = fixed < 0 ? in.readLength() : fixed;
        unscaled(in, length, scale, wanted, to);
      };
    }
    return switch (own.getType()) {
      case INT, LONG -> plain ? (in, to) -> to.append(BigDecimal.valueOf(in.readLong())) : null;
      case STRING -> (in, to) -> to.append(new BigDecimal(text(in)));
      default -> null;
    };
  }

  /** Debezium's decimals of any scale: a record of the scale and the unscaled bytes. */
  static AvroReader variableDecimal(Types.DecimalType wanted) {
    return (in, to) -> {
      int scale = in.readInt();
      unscaled(in, in.readLength(), scale, wanted, to);
    };
  }

  private static void unscaled(
      AvroInput in, int length, int scale, Types.DecimalType wanted, ColumnBuilder to) {
    int from = in.skip(length);
    if (length > 16 || scale != wanted.scale()) {
      byte[] bytes = length == 0 ? new byte[1] : in.data();
      BigInteger value = new BigInteger(bytes, length == 0 ? 0 : from, Math.max(1, length));
      to.append(new BigDecimal(value, scale));
      return;
    }
    long high = length > 0 && in.data()[from] < 0 ? -1 : 0;
    long low = high;
    for (int i = from; i < from + length; i++) {
      high = high << 8 | low >>> 56;
      low = low << 8 | in.data()[i] & 0xff;
    }
    to.appendUnscaled(high, low);
  }

  private static @Nullable AvroReader bytes(Schema own, AvroMeaning meaning) {
    return switch (own.getType()) {
      case STRING -> (in, to) -> append(in, in.readLength(), to);
      case BYTES ->
          meaning == AvroMeaning.DECIMAL ? null : (in, to) -> append(in, in.readLength(), to);
      case FIXED -> {
        int length = own.getFixedSize();
        yield meaning == AvroMeaning.PLAIN ? (in, to) -> append(in, length, to) : null;
      }
      case ENUM -> {
        byte[][] symbols =
            own.getEnumSymbols().stream()
                .map(symbol -> symbol.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        yield (in, to) -> {
          byte[] symbol = symbols[in.readIndex(symbols.length)];
          to.appendBytes(symbol, 0, symbol.length);
        };
      }
      default -> null;
    };
  }

  private static void append(AvroInput in, int length, ColumnBuilder to) {
    int from = in.skip(length);
    to.appendBytes(in.data(), from, from + length);
  }

  private static @Nullable AvroReader uuid(Schema own) {
    return switch (own.getType()) {
      case STRING -> (in, to) -> to.append(UUID.fromString(text(in)));
      case FIXED -> own.getFixedSize() == 16 ? (in, to) -> append(in, 16, to) : null;
      default -> null;
    };
  }

  private static void moment(AvroInput in, ColumnBuilder to) {
    String text = text(in);
    try {
      to.appendLong(ChronoUnit.MICROS.between(Instant.EPOCH, OffsetDateTime.parse(text)));
    } catch (java.time.DateTimeException e) {
      throw new BadValue("type", "is '" + text + "', no timestamp with a zone");
    }
  }

  private static String text(AvroInput in) {
    int length = in.readLength();
    return new String(in.data(), in.skip(length), length, StandardCharsets.UTF_8);
  }
}

package dev.headwater.sketch;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * How the values of a type are counted: numbers, times and booleans as longs, the others as bytes,
 * both in the order of the values. Decimals of more than 18 digits are 16 bytes, big endian, the
 * sign's bit turned over.
 */
final class Keys {
  private static final int LONG_DIGITS = 18;
  private static final int WIDE = 16;

  private Keys() {}

  static boolean areLongs(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN, INTEGER, LONG, FLOAT, DOUBLE, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> true;
      case DECIMAL -> ((Types.DecimalType) type).precision() <= LONG_DIGITS;
      default -> false;
    };
  }

  static boolean areBytes(Type type) {
    return switch (type.typeId()) {
      case STRING, BINARY, FIXED, UUID -> true;
      case DECIMAL -> ((Types.DecimalType) type).precision() > LONG_DIGITS;
      default -> false;
    };
  }

  /** Whether the values are points on a line: they have a mean and quantiles. */
  static boolean areNumbers(Type type) {
    return areLongs(type) || type.typeId() == Type.TypeID.DECIMAL;
  }

  static long ofDouble(double value) {
    long bits = Double.doubleToLongBits(value);
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  static double toDouble(long key) {
    return Double.longBitsToDouble(key ^ (key >> 63 & Long.MAX_VALUE));
  }

  /** The values as numbers: of times in their own units. */
  static double[] numbers(Type type, long... keys) {
    double[] out = new double[keys.length];
    switch (type.typeId()) {
      case FLOAT, DOUBLE -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = toDouble(keys[i]);
        }
      }
      case DECIMAL -> {
        int scale = ((Types.DecimalType) type).scale();
        for (int i = 0; i < out.length; i++) {
          out[i] = BigDecimal.valueOf(keys[i], scale).doubleValue();
        }
      }
      default -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = keys[i];
        }
      }
    }
    return out;
  }

  static double number(Type type, byte[] key) {
    return ((BigDecimal) value(type, key)).doubleValue();
  }

  /** The value as Iceberg holds it. */
  static Object value(Type type, long key) {
    return switch (type.typeId()) {
      case BOOLEAN -> key != 0;
      case INTEGER, DATE -> (int) key;
      case FLOAT -> (float) toDouble(key);
      case DOUBLE -> toDouble(key);
      case DECIMAL -> BigDecimal.valueOf(key, ((Types.DecimalType) type).scale());
      default -> key;
    };
  }

  static Object value(Type type, byte[] key) {
    return switch (type.typeId()) {
      case STRING -> new String(key, StandardCharsets.UTF_8);
      case UUID -> {
        ByteBuffer bytes = ByteBuffer.wrap(key);
        yield new UUID(bytes.getLong(), bytes.getLong());
      }
      case DECIMAL -> new BigDecimal(unscaled(key), ((Types.DecimalType) type).scale());
      default -> ByteBuffer.wrap(key);
    };
  }

  /** A wide decimal's key. */
  static void wide(long high, long low, byte[] into) {
    ByteBuffer.wrap(into).putLong(high ^ Long.MIN_VALUE).putLong(low);
  }

  static byte[] newWide() {
    return new byte[WIDE];
  }

  private static BigInteger unscaled(byte[] key) {
    byte[] bytes = key.clone();
    bytes[0] ^= (byte) 0x80;
    return new BigInteger(bytes);
  }

  /** Counts values as Iceberg's single-value serialization has them. */
  static void update(Distinct distinct, Type type, long... keys) {
    switch (type.typeId()) {
      case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> {
        for (long key : keys) {
          distinct.update(key);
        }
      }
      case DOUBLE -> {
        for (long key : keys) {
          distinct.update(Double.doubleToLongBits(toDouble(key)));
        }
      }
      default -> {
        for (long key : keys) {
          distinct.update(bytes(type, key));
        }
      }
    }
  }

  private static byte[] bytes(Type type, long key) {
    return switch (type.typeId()) {
      case BOOLEAN -> new byte[] {(byte) key};
      case DECIMAL -> BigInteger.valueOf(key).toByteArray();
      case FLOAT -> little(Float.floatToIntBits((float) toDouble(key)));
      default -> little((int) key);
    };
  }

  static void update(Distinct distinct, Type type, byte[] key) {
    distinct.update(type.typeId() == Type.TypeID.DECIMAL ? unscaled(key).toByteArray() : key);
  }

  private static byte[] little(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}

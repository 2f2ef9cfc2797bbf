package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * From what a Parquet column holds to what a column of the wanted type holds: widening, units of
 * time, the ways to store a decimal. Nanoseconds round down to microseconds.
 */
final class Conversions {
  private static final long JULIAN_EPOCH = 2_440_588;
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private Conversions() {}

  /**
   * The way from a stored column to one of {@code wanted}; null where there is none.
   *
   * @param stored the type in the file
   */
  static @Nullable UnaryOperator<Column> of(PrimitiveType stored, Type wanted) {
    return switch (stored.getPrimitiveTypeName()) {
      case BOOLEAN -> wanted.typeId() == TypeID.BOOLEAN ? UnaryOperator.identity() : null;
      case INT32 -> ofInt(stored.getLogicalTypeAnnotation(), wanted);
      case INT64 -> ofLong(stored.getLogicalTypeAnnotation(), wanted);
      case INT96 -> wanted.typeId() == TypeID.TIMESTAMP ? column -> int96(bytes(column)) : null;
      case FLOAT ->
          switch (wanted.typeId()) {
            case FLOAT -> UnaryOperator.identity();
            case DOUBLE -> column -> doubles((FloatColumn) column);
            default -> null;
          };
      case DOUBLE -> wanted.typeId() == TypeID.DOUBLE ? UnaryOperator.identity() : null;
      case BINARY, FIXED_LEN_BYTE_ARRAY -> ofBytes(stored, wanted);
    };
  }

  private static @Nullable UnaryOperator<Column> ofInt(
      @Nullable LogicalTypeAnnotation stored, Type wanted) {
    boolean unsigned =
        stored instanceof IntLogicalTypeAnnotation i && !i.isSigned() && i.getBitWidth() == 32;
    return switch (wanted.typeId()) {
      case INTEGER, DATE -> unsigned ? null : UnaryOperator.identity();
      case LONG -> column -> longs((IntColumn) column, unsigned ? 0xffffffffL : -1L, 1);
      case TIME ->
          stored instanceof TimeLogicalTypeAnnotation
              ? column -> longs((IntColumn) column, -1L, 1000)
              : null;
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) wanted;
        yield decimal.scale() == scale(stored)
            ? column -> decimal(decimal, longs((IntColumn) column, -1L, 1))
            : null;
      }
      default -> null;
    };
  }

  private static @Nullable UnaryOperator<Column> ofLong(
      @Nullable LogicalTypeAnnotation stored, Type wanted) {
    boolean unsigned = stored instanceof IntLogicalTypeAnnotation i && !i.isSigned();
    return switch (wanted.typeId()) {
      case LONG -> unsigned ? null : UnaryOperator.identity();
      case TIME ->
          stored instanceof TimeLogicalTypeAnnotation time ? ofUnit(time.getUnit(), false) : null;
      case TIMESTAMP ->
          stored instanceof TimestampLogicalTypeAnnotation time
              ? ofUnit(time.getUnit(), false)
              : stored == null ? UnaryOperator.identity() : null;
      case TIMESTAMP_NANO ->
          stored instanceof TimestampLogicalTypeAnnotation time
              ? ofUnit(time.getUnit(), true)
              : null;
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) wanted;
        if (unsigned && decimal.scale() == 0 && decimal.precision() >= 20) {
          yield column -> unsigned(decimal, (LongColumn) column);
        }
        yield decimal.scale() == scale(stored)
            ? column -> decimal(decimal, (LongColumn) column)
            : null;
      }
      default -> null;
    };
  }

  private static UnaryOperator<Column> ofUnit(TimeUnit unit, boolean toNanos) {
    return switch (unit) {
      case MILLIS -> each(v -> Math.multiplyExact(v, toNanos ? 1_000_000L : 1_000L));
      case MICROS -> toNanos ? each(v -> Math.multiplyExact(v, 1_000L)) : UnaryOperator.identity();
      case NANOS -> toNanos ? UnaryOperator.identity() : each(v -> Math.floorDiv(v, 1_000L));
    };
  }

  private static @Nullable UnaryOperator<Column> ofBytes(PrimitiveType stored, Type wanted) {
    LogicalTypeAnnotation logical = stored.getLogicalTypeAnnotation();
    return switch (wanted.typeId()) {
      case STRING, BINARY ->
          logical instanceof DecimalLogicalTypeAnnotation ? null : UnaryOperator.identity();
      case FIXED ->
          stored.getTypeLength() == ((Types.FixedType) wanted).length()
              ? UnaryOperator.identity()
              : null;
      case UUID -> stored.getTypeLength() == 16 ? UnaryOperator.identity() : null;
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) wanted;
        yield logical instanceof DecimalLogicalTypeAnnotation d && d.getScale() == decimal.scale()
            ? column -> decimal(decimal, bytes(column))
            : null;
      }
      case FLOAT ->
          logical instanceof LogicalTypeAnnotation.Float16LogicalTypeAnnotation
              ? column -> float16(bytes(column))
              : null;
      default -> null;
    };
  }

  private static int scale(@Nullable LogicalTypeAnnotation stored) {
    return stored instanceof DecimalLogicalTypeAnnotation decimal ? decimal.getScale() : -1;
  }

  private static BytesColumn bytes(Column column) {
    return column instanceof DictionaryColumn coded ? coded.decode() : (BytesColumn) column;
  }

  private static LongColumn longs(IntColumn in, long mask, long factor) {
    int[] from = in.values();
    long[] out = new long[from.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (from[i] & mask) * factor;
    }
    return LongColumn.of(out, in.nulls());
  }

  private static DoubleColumn doubles(FloatColumn in) {
    float[] from = in.values();
    double[] out = new double[from.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = from[i];
    }
    return DoubleColumn.of(out, in.nulls());
  }

  private static UnaryOperator<Column> each(LongUnaryOperator operator) {
    return column -> {
      LongColumn in = (LongColumn) column;
      long[] out = in.values().clone();
      for (int i = 0; i < out.length; i++) {
        out[i] = operator.applyAsLong(out[i]);
      }
      return LongColumn.of(out, in.nulls());
    };
  }

  private static LongColumn int96(BytesColumn in) {
    ByteBuffer data = ByteBuffer.wrap(in.data()).order(ByteOrder.LITTLE_ENDIAN);
    long[] out = new long[in.size()];
    for (int i = 0; i < out.length; i++) {
      if (!in.isNull(i)) {
        int at = in.offsets()[i];
        long days = data.getInt(at + 8) - JULIAN_EPOCH;
        out[i] =
            Math.addExact(
                Math.multiplyExact(days, MICROS_PER_DAY), Math.floorDiv(data.getLong(at), 1_000L));
      }
    }
    return LongColumn.of(out, in.nulls());
  }

  private static FloatColumn float16(BytesColumn in) {
    float[] out = new float[in.size()];
    for (int i = 0; i < out.length; i++) {
      if (!in.isNull(i)) {
        int at = in.offsets()[i];
        int half = in.data()[at] & 0xff | (in.data()[at + 1] & 0xff) << 8;
        int exponent = half >>> 10 & 0x1f;
        int fraction = half & 0x3ff;
        float value =
            exponent == 0
                ? fraction * 0x1p-24f
                : exponent == 31
                    ? Float.intBitsToFloat(0x7f800000 | fraction << 13)
                    : Float.intBitsToFloat(exponent + 112 << 23 | fraction << 13);
        out[i] = (half & 0x8000) != 0 ? -value : value;
      }
    }
    return FloatColumn.of(out, in.nulls());
  }

  private static DecimalColumn decimal(Types.DecimalType type, LongColumn in) {
    if (type.precision() <= 18) {
      return DecimalColumn.of(type.scale(), in.values(), null, in.nulls());
    }
    long[] high = in.values().clone();
    for (int i = 0; i < high.length; i++) {
      high[i] >>= 63;
    }
    return DecimalColumn.of(type.scale(), in.values(), high, in.nulls());
  }

  private static DecimalColumn unsigned(Types.DecimalType type, LongColumn in) {
    return DecimalColumn.of(type.scale(), in.values(), new long[in.size()], in.nulls());
  }

  private static DecimalColumn decimal(Types.DecimalType type, BytesColumn in) {
    int size = in.size();
    boolean wide = type.precision() > 18;
    long[] low = new long[size];
    long[] high = new long[wide ? size : 0];
    Bits nulls = in.nulls();
    for (int i = 0; i < size; i++) {
      if (nulls != null && nulls.get(i)) {
        continue;
      }
      int from = in.offsets()[i];
      int to = in.offsets()[i + 1];
      if (to - from > 16) {
        BigInteger large = new BigInteger(in.data(), from, to - from);
        if (large.bitLength() > 127) {
          throw new IllegalArgumentException("a decimal of " + (to - from) + " bytes in " + type);
        }
        low[i] = large.longValue();
        if (wide) {
          high[i] = large.shiftRight(64).longValue();
        }
        continue;
      }
      long h = from < to && in.data()[from] < 0 ? -1 : 0;
      long l = h;
      for (int at = from; at < to; at++) {
        h = h << 8 | l >>> 56;
        l = l << 8 | in.data()[at] & 0xff;
      }
      low[i] = l;
      if (wide) {
        high[i] = h;
      }
    }
    return DecimalColumn.of(type.scale(), low, wide ? high : null, nulls);
  }
}

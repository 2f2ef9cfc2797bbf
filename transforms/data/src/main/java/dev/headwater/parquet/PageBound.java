package dev.headwater.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/** A page's least or greatest value, as its index has it, against a filter's literal. */
interface PageBound {
  /** Less than, equal to or greater than zero, as the bound is against the literal. */
  int compare(ByteBuffer bound, Object literal);

  default boolean within(ByteBuffer min, ByteBuffer max, Object literal) {
    return compare(min, literal) <= 0 && compare(max, literal) >= 0;
  }

  /** Whether values between the bounds may begin with the literal. */
  default boolean prefixed(ByteBuffer min, ByteBuffer max, Object literal) {
    return true;
  }

  /** The order of a stored column's values as those of a type; null if there is none that holds. */
  static @Nullable PageBound of(PrimitiveType stored, Type wanted) {
    LogicalTypeAnnotation logical = stored.getLogicalTypeAnnotation();
    boolean unsigned = logical instanceof IntLogicalTypeAnnotation i && !i.isSigned();
    boolean decimal =
        logical instanceof DecimalLogicalTypeAnnotation d
            && wanted instanceof Types.DecimalType w
            && d.getScale() == w.scale();
    int scale = decimal ? ((Types.DecimalType) wanted).scale() : 0;
    return switch (stored.getPrimitiveTypeName()) {
      case INT32 ->
          switch (wanted.typeId()) {
            case INTEGER, DATE, LONG ->
                unsigned ? null : (b, v) -> Long.compare(int32(b), ((Number) v).longValue());
            case DECIMAL ->
                decimal ? (b, v) -> unscaled(int32(b), scale).compareTo((BigDecimal) v) : null;
            default -> null;
          };
      case INT64 ->
          switch (wanted.typeId()) {
            case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO ->
                unsigned || !sameUnit(logical, wanted)
                    ? null
                    : (b, v) -> Long.compare(int64(b), (Long) v);
            case DECIMAL ->
                decimal ? (b, v) -> unscaled(int64(b), scale).compareTo((BigDecimal) v) : null;
            default -> null;
          };
      case FLOAT -> (b, v) -> Double.compare(little(b).getFloat(0), ((Number) v).doubleValue());
      case DOUBLE -> (b, v) -> Double.compare(little(b).getDouble(0), ((Number) v).doubleValue());
      case BINARY ->
          switch (wanted.typeId()) {
            case STRING, BINARY ->
                logical instanceof DecimalLogicalTypeAnnotation ? null : new BytesBound();
            default -> null;
          };
      case FIXED_LEN_BYTE_ARRAY ->
          wanted.typeId() == Type.TypeID.FIXED
              ? new BytesBound()
              : decimal ? (b, v) -> new BigDecimal(big(b), scale).compareTo((BigDecimal) v) : null;
      default -> null;
    };
  }

  private static boolean sameUnit(@Nullable LogicalTypeAnnotation logical, Type wanted) {
    TimeUnit unit =
        logical instanceof TimestampLogicalTypeAnnotation t
            ? t.getUnit()
            : logical instanceof TimeLogicalTypeAnnotation t ? t.getUnit() : null;
    return switch (wanted.typeId()) {
      case TIME, TIMESTAMP -> unit == TimeUnit.MICROS;
      case TIMESTAMP_NANO -> unit == TimeUnit.NANOS;
      default -> unit == null;
    };
  }

  private static ByteBuffer little(ByteBuffer bound) {
    return bound.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long int32(ByteBuffer bound) {
    return little(bound).getInt(0);
  }

  private static long int64(ByteBuffer bound) {
    return little(bound).getLong(0);
  }

  private static BigDecimal unscaled(long value, int scale) {
    return BigDecimal.valueOf(value, scale);
  }

  private static BigInteger big(ByteBuffer bound) {
    return new BigInteger(BytesBound.bytes(bound));
  }

  /** Unsigned bytes; the order of text is that of its UTF-8. Bounds may be cut, never wrongly. */
  final class BytesBound implements PageBound {
    @Override
    public int compare(ByteBuffer bound, Object literal) {
      return Arrays.compareUnsigned(bytes(bound), literal(literal));
    }

    @Override
    public boolean prefixed(ByteBuffer min, ByteBuffer max, Object literal) {
      byte[] prefix = literal(literal);
      return Arrays.compareUnsigned(cut(bytes(min), prefix.length), prefix) <= 0
          && Arrays.compareUnsigned(cut(bytes(max), prefix.length), prefix) >= 0;
    }

    private static byte[] cut(byte[] bytes, int length) {
      return bytes.length <= length ? bytes : Arrays.copyOf(bytes, length);
    }

    private static byte[] literal(Object value) {
      return value instanceof ByteBuffer bytes
          ? bytes(bytes)
          : value.toString().getBytes(StandardCharsets.UTF_8);
    }

    static byte[] bytes(ByteBuffer buffer) {
      byte[] out = new byte[buffer.remaining()];
      buffer.duplicate().get(out);
      return out;
    }
  }
}

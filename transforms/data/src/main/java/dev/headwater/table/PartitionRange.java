package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The values of a column that a field of a table's partitioning has partitions for. At the ends of
 * a type there are others: the least decimal, truncated, has a digit too many for its type, and the
 * least numbers and far hours begin again at the other end, where no reader looks for them.
 *
 * @param column its full name
 * @param transform as Iceberg writes it: {@code truncate[10]}
 * @param least of numbers and decimals the value, of timestamps its microseconds
 */
public record PartitionRange(
    String column, String transform, Type type, BigDecimal least, BigDecimal greatest)
    implements Serializable {
  private static final long serialVersionUID = 1;
  private static final BigInteger HOUR = BigInteger.valueOf(3_600_000_000L);

  /** Of those fields that don't have a partition for every value of their type. */
  public static List<PartitionRange> of(Schema schema, PartitionSpec spec) {
    List<PartitionRange> out = new ArrayList<>();
    for (PartitionField field : spec.fields()) {
      PartitionRange range = of(schema, field);
      if (range != null) {
        out.add(range);
      }
    }
    return out;
  }

  /** Of one field; null: it has one for every value. */
  static @Nullable PartitionRange of(Schema schema, PartitionField field) {
    Types.NestedField source = schema.findField(field.sourceId());
    String transform = field.transform().toString();
    if (source == null || !source.type().isPrimitiveType()) {
      return null;
    }
    Type type = source.type();
    String column = schema.findColumnName(field.sourceId());
    if (type.typeId() == Type.TypeID.TIMESTAMP && transform.equals("hour")) {
      BigInteger first = BigInteger.valueOf(Integer.MIN_VALUE).multiply(HOUR);
      return of(column, transform, type, first, first.negate().subtract(BigInteger.ONE), 0);
    }
    if (!transform.startsWith("truncate[")) {
      return null;
    }
    BigInteger width = new BigInteger(transform.replaceAll("\\D", ""));
    return switch (type.typeId()) {
      case INTEGER -> truncated(column, transform, type, power(2, 31), power(2, 31), width, 0);
      case LONG -> truncated(column, transform, type, power(2, 63), power(2, 63), width, 0);
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        BigInteger end = power(10, decimal.precision());
        BigInteger last = end.subtract(BigInteger.ONE);
        yield truncated(column, transform, type, last, end, width, decimal.scale());
      }
      default -> null;
    };
  }

  /**
   * @param down how far the type goes below zero
   * @param end the first number above it
   */
  private static @Nullable PartitionRange truncated(
      String column,
      String transform,
      Type type,
      BigInteger down,
      BigInteger end,
      BigInteger width,
      int scale) {
    BigInteger least = down.divide(width).multiply(width).negate();
    return least.negate().equals(down)
        ? null
        : of(column, transform, type, least, end.subtract(BigInteger.ONE), scale);
  }

  private static PartitionRange of(
      String column,
      String transform,
      Type type,
      BigInteger least,
      BigInteger greatest,
      int scale) {
    return new PartitionRange(
        column, transform, type, new BigDecimal(least, scale), new BigDecimal(greatest, scale));
  }

  private static BigInteger power(int base, int exponent) {
    return BigInteger.valueOf(base).pow(exponent);
  }

  /** Whether a value, as Iceberg has it, has a partition. */
  public boolean holds(Object value) {
    BigDecimal number = number(value);
    return number.compareTo(least) >= 0 && number.compareTo(greatest) <= 0;
  }

  /** Why a value has none, for people. */
  public String reason() {
    return "%s is not from %s to %s: for others %s has no partition"
        .formatted(column, text(least), text(greatest), transform);
  }

  /** What is thrown where such a row cannot become a letter. */
  HeadwaterException refusal(Object value) {
    return new HeadwaterException(
        Kind.DATA,
        "Cannot write a row whose %s is %s: %s.".formatted(column, text(number(value)), reason()),
        "send such rows to the dead letters before, or partition the table by something else.");
  }

  private static BigDecimal number(Object value) {
    return value instanceof BigDecimal decimal
        ? decimal
        : BigDecimal.valueOf(((Number) value).longValue());
  }

  private String text(BigDecimal value) {
    return type.typeId() == Type.TypeID.TIMESTAMP
        ? Instant.EPOCH.plus(value.longValueExact(), ChronoUnit.MICROS).toString()
        : value.toPlainString();
  }
}

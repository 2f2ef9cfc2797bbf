package dev.headwater.columns;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Builds a decimal column: 64 bits a value up to 18 digits, else 128. */
final class DecimalBuilder extends ColumnBuilder {
  /** The least whole number that has more digits, by their number. */
  private static final long[] LIMITS = new long[19];

  static {
    LIMITS[0] = 1;
    for (int i = 1; i < LIMITS.length; i++) {
      LIMITS[i] = LIMITS[i - 1] * 10;
    }
  }

  private final Types.DecimalType type;
  private long[] low = new long[16];
  private long @Nullable [] high;

  DecimalBuilder(Types.DecimalType type) {
    this.type = type;
    this.high = type.precision() > 18 ? new long[16] : null;
  }

  @Override
  void put(int row, Object value) {
    if (!(value instanceof BigDecimal decimal)) {
      throw wrong(type, value, "BigDecimal");
    }
    BigDecimal scaled;
    try {
      scaled = decimal.setScale(type.scale());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "a column of " + type + " cannot hold " + value + " without rounding", e);
    }
    if (scaled.precision() > type.precision()) {
      throw new IllegalArgumentException(
          "a column of " + type + " cannot hold " + value + ": too many digits");
    }
    BigInteger unscaled = scaled.unscaledValue();
    set(row, unscaled.shiftRight(64).longValue(), unscaled.longValue());
  }

  @Override
  void putUnscaled(int row, long valueHigh, long valueLow) {
    boolean small = valueHigh == valueLow >> 63;
    boolean fits =
        small
            ? type.precision() > 18 || Math.abs(valueLow) < LIMITS[type.precision()]
            : type.precision() > 18 && digits(valueHigh, valueLow) <= type.precision();
    if (!fits || small && valueLow == Long.MIN_VALUE && type.precision() < 19) {
      throw new IllegalArgumentException("a column of " + type + " takes no more digits");
    }
    set(row, valueHigh, valueLow);
  }

  private static int digits(long high, long low) {
    BigInteger whole =
        BigInteger.valueOf(high).shiftLeft(64).add(new BigInteger(Long.toUnsignedString(low)));
    return new BigDecimal(whole).precision();
  }

  private void set(int row, long valueHigh, long valueLow) {
    reserve(row);
    low[row] = valueLow;
    if (high != null) {
      high[row] = valueHigh;
    }
  }

  @Override
  void cutValues(int rows) {
    Arrays.fill(low, Math.min(rows, low.length), low.length, 0);
    if (high != null) {
      Arrays.fill(high, Math.min(rows, high.length), high.length, 0);
    }
  }

  @Override
  void putNull(int row) {
    reserve(row);
  }

  private void reserve(int row) {
    if (row == low.length) {
      low = Arrays.copyOf(low, grown(row));
      if (high != null) {
        high = Arrays.copyOf(high, low.length);
      }
    }
  }

  @Override
  public long bytes() {
    return (high == null ? 8L : 16L) * size();
  }

  @Override
  Column build(int rows, @Nullable Bits nullRows) {
    return DecimalColumn.of(
        type.scale(),
        Arrays.copyOf(low, rows),
        high == null ? null : Arrays.copyOf(high, rows),
        nullRows);
  }
}

package dev.headwater.columns;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Builds a decimal column: 64 bits a value up to 18 digits, else 128. */
final class DecimalBuilder extends ColumnBuilder {
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
    reserve(row);
    BigInteger unscaled = scaled.unscaledValue();
    low[row] = unscaled.longValue();
    if (high != null) {
      high[row] = unscaled.shiftRight(64).longValue();
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

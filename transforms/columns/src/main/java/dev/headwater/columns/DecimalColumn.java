package dev.headwater.columns;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decimals of one scale as unscaled two's-complement integers: 64 bits in {@code low} where the
 * type's precision is at most 18 (then {@code high} is Java's null), else 128 bits in {@code high}
 * and {@code low}.
 */
public final class DecimalColumn implements Column {
  private final int scale;
  private final long[] low;
  private final long @Nullable [] high;
  private final @Nullable Bits nulls;

  private DecimalColumn(int scale, long[] low, long @Nullable [] high, @Nullable Bits nulls) {
    this.scale = scale;
    this.low = low;
    this.high = high;
    this.nulls = nulls;
  }

  /** Takes the arrays over. */
  public static DecimalColumn of(
      int scale, long[] low, long @Nullable [] high, @Nullable Bits nulls) {
    if ((high != null && high.length != low.length)
        || (nulls != null && nulls.size() != low.length)) {
      throw new IllegalArgumentException("a decimal column's arrays have one length");
    }
    return new DecimalColumn(scale, low, high, Column.nulls(nulls));
  }

  public int scale() {
    return scale;
  }

  public long[] low() {
    return low;
  }

  public long @Nullable [] high() {
    return high;
  }

  public BigDecimal get(int row) {
    return new BigDecimal(unscaled(row), scale);
  }

  private BigInteger unscaled(int row) {
    if (high == null) {
      return BigInteger.valueOf(low[row]);
    }
    byte[] bytes = new byte[16];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (high[row] >> (56 - 8 * i));
      bytes[8 + i] = (byte) (low[row] >> (56 - 8 * i));
    }
    return new BigInteger(bytes);
  }

  @Override
  public int size() {
    return low.length;
  }

  @Override
  public @Nullable Bits nulls() {
    return nulls;
  }

  @Override
  public DecimalColumn slice(int from, int to) {
    return new DecimalColumn(
        scale,
        Arrays.copyOfRange(low, from, to),
        high == null ? null : Arrays.copyOfRange(high, from, to),
        Column.slice(nulls, from, to));
  }

  @Override
  public DecimalColumn gather(int[] rows) {
    return new DecimalColumn(
        scale,
        gather(low, rows),
        high == null ? null : gather(high, rows),
        Column.gather(nulls, rows));
  }

  private static long[] gather(long[] from, int[] rows) {
    long[] out = new long[rows.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = from[rows[i]];
    }
    return out;
  }

  @Override
  public long bytes() {
    return (high == null ? 8L : 16L) * low.length;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof DecimalColumn c
        && scale == c.scale
        && Arrays.equals(low, c.low)
        && Arrays.equals(high, c.high)
        && Objects.equals(nulls, c.nulls);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(low) + Objects.hashCode(nulls);
  }
}

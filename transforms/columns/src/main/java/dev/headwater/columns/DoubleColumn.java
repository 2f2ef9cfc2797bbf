package dev.headwater.columns;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** 64-bit floating point numbers; equality is by bits, so NaN equals NaN. */
public final class DoubleColumn implements Column {
  private final double[] values;
  private final @Nullable Bits nulls;

  private DoubleColumn(double[] values, @Nullable Bits nulls) {
    this.values = values;
    this.nulls = nulls;
  }

  /** Takes the array over; slots under a null must be zero. */
  public static DoubleColumn of(double[] values, @Nullable Bits nulls) {
    if (nulls != null && nulls.size() != values.length) {
      throw new IllegalArgumentException(
          values.length + " values with " + nulls.size() + " null bits");
    }
    return new DoubleColumn(values, Column.nulls(nulls));
  }

  public static DoubleColumn of(double... values) {
    return new DoubleColumn(values, null);
  }

  public double[] values() {
    return values;
  }

  @Override
  public int size() {
    return values.length;
  }

  @Override
  public @Nullable Bits nulls() {
    return nulls;
  }

  @Override
  public DoubleColumn slice(int from, int to) {
    return new DoubleColumn(Arrays.copyOfRange(values, from, to), Column.slice(nulls, from, to));
  }

  @Override
  public DoubleColumn gather(int[] rows) {
    double[] out = new double[rows.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[rows[i]];
    }
    return new DoubleColumn(out, Column.gather(nulls, rows));
  }

  @Override
  public long bytes() {
    return 8L * values.length;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof DoubleColumn c
        && Arrays.equals(values, c.values)
        && Objects.equals(nulls, c.nulls);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + Objects.hashCode(nulls);
  }
}

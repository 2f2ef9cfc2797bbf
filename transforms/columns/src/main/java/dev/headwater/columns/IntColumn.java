package dev.headwater.columns;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** 32-bit integers; dates as days since 1970-01-01. */
public final class IntColumn implements Column {
  private final int[] values;
  private final @Nullable Bits nulls;

  private IntColumn(int[] values, @Nullable Bits nulls) {
    this.values = values;
    this.nulls = nulls;
  }

  /** Takes the array over; slots under a null must be zero. */
  public static IntColumn of(int[] values, @Nullable Bits nulls) {
    if (nulls != null && nulls.size() != values.length) {
      throw new IllegalArgumentException(
          values.length + " values with " + nulls.size() + " null bits");
    }
    return new IntColumn(values, Column.nulls(nulls));
  }

  public static IntColumn of(int... values) {
    return new IntColumn(values, null);
  }

  public int[] values() {
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
  public IntColumn slice(int from, int to) {
    return new IntColumn(Arrays.copyOfRange(values, from, to), Column.slice(nulls, from, to));
  }

  @Override
  public IntColumn gather(int[] rows) {
    int[] out = new int[rows.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[rows[i]];
    }
    return new IntColumn(out, Column.gather(nulls, rows));
  }

  @Override
  public long bytes() {
    return 4L * values.length;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof IntColumn c
        && Arrays.equals(values, c.values)
        && Objects.equals(nulls, c.nulls);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + Objects.hashCode(nulls);
  }
}

package dev.headwater.columns;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** 64-bit integers; times and timestamps as microseconds (nanoseconds for the _ns types). */
public final class LongColumn implements Column {
  private final long[] values;
  private final @Nullable Bits nulls;

  private LongColumn(long[] values, @Nullable Bits nulls) {
    this.values = values;
    this.nulls = nulls;
  }

  /** Takes the array over; slots under a null must be zero. */
  public static LongColumn of(long[] values, @Nullable Bits nulls) {
    if (nulls != null && nulls.size() != values.length) {
      throw new IllegalArgumentException(
          values.length + " values with " + nulls.size() + " null bits");
    }
    return new LongColumn(values, Column.nulls(nulls));
  }

  public static LongColumn of(long... values) {
    return new LongColumn(values, null);
  }

  public long[] values() {
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
  public LongColumn slice(int from, int to) {
    return new LongColumn(Arrays.copyOfRange(values, from, to), Column.slice(nulls, from, to));
  }

  @Override
  public LongColumn gather(int[] rows) {
    long[] out = new long[rows.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[rows[i]];
    }
    return new LongColumn(out, Column.gather(nulls, rows));
  }

  @Override
  public long bytes() {
    return 8L * values.length;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof LongColumn c
        && Arrays.equals(values, c.values)
        && Objects.equals(nulls, c.nulls);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + Objects.hashCode(nulls);
  }
}

package dev.headwater.columns;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** 32-bit floating point numbers; equality is by bits, so NaN equals NaN. */
public final class FloatColumn implements Column {
  private final float[] values;
  private final @Nullable Bits nulls;

  private FloatColumn(float[] values, @Nullable Bits nulls) {
    this.values = values;
    this.nulls = nulls;
  }

  /** Takes the array over; slots under a null must be zero. */
  public static FloatColumn of(float[] values, @Nullable Bits nulls) {
    if (nulls != null && nulls.size() != values.length) {
      throw new IllegalArgumentException(
          values.length + " values with " + nulls.size() + " null bits");
    }
    return new FloatColumn(values, Column.nulls(nulls));
  }

  public static FloatColumn of(float... values) {
    return new FloatColumn(values, null);
  }

  public float[] values() {
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
  public FloatColumn slice(int from, int to) {
    return new FloatColumn(Arrays.copyOfRange(values, from, to), Column.slice(nulls, from, to));
  }

  @Override
  public FloatColumn gather(int[] rows) {
    float[] out = new float[rows.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[rows[i]];
    }
    return new FloatColumn(out, Column.gather(nulls, rows));
  }

  @Override
  public long bytes() {
    return 4L * values.length;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof FloatColumn c
        && Arrays.equals(values, c.values)
        && Objects.equals(nulls, c.nulls);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + Objects.hashCode(nulls);
  }
}

package dev.headwater.columns;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Booleans. */
public final class BooleanColumn implements Column {
  private final boolean[] values;
  private final @Nullable Bits nulls;

  private BooleanColumn(boolean[] values, @Nullable Bits nulls) {
    this.values = values;
    this.nulls = nulls;
  }

  /** Takes the array over; slots under a null must be zero. */
  public static BooleanColumn of(boolean[] values, @Nullable Bits nulls) {
    if (nulls != null && nulls.size() != values.length) {
      throw new IllegalArgumentException(
          values.length + " values with " + nulls.size() + " null bits");
    }
    return new BooleanColumn(values, Column.nulls(nulls));
  }

  public static BooleanColumn of(boolean... values) {
    return new BooleanColumn(values, null);
  }

  public boolean[] values() {
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
  public BooleanColumn slice(int from, int to) {
    return new BooleanColumn(Arrays.copyOfRange(values, from, to), Column.slice(nulls, from, to));
  }

  @Override
  public BooleanColumn gather(int[] rows) {
    boolean[] out = new boolean[rows.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[rows[i]];
    }
    return new BooleanColumn(out, Column.gather(nulls, rows));
  }

  @Override
  public long bytes() {
    return 1L * values.length;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof BooleanColumn c
        && Arrays.equals(values, c.values)
        && Objects.equals(nulls, c.nulls);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + Objects.hashCode(nulls);
  }
}

package dev.headwater.columns;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Maps: all their entries one after the other, keys and values apart, and where each map begins.
 */
public final class MapColumn implements Column {
  private final int[] offsets;
  private final Column keys;
  private final Column values;
  private final @Nullable Bits nulls;

  private MapColumn(int[] offsets, Column keys, Column values, @Nullable Bits nulls) {
    this.offsets = offsets;
    this.keys = keys;
    this.values = values;
    this.nulls = nulls;
  }

  /** Takes the arrays over: {@code offsets} has one entry more than there are rows. */
  public static MapColumn of(int[] offsets, Column keys, Column values, @Nullable Bits nulls) {
    ListColumn.checkOffsets(offsets, keys.size(), nulls);
    if (keys.size() != values.size() || keys.nulls() != null) {
      throw new IllegalArgumentException("a map has a value for each key, and no null key");
    }
    return new MapColumn(offsets, keys, values, Column.nulls(nulls));
  }

  public int[] offsets() {
    return offsets;
  }

  public Column keys() {
    return keys;
  }

  public Column values() {
    return values;
  }

  @Override
  public int size() {
    return offsets.length - 1;
  }

  @Override
  public @Nullable Bits nulls() {
    return nulls;
  }

  @Override
  public MapColumn slice(int from, int to) {
    return new MapColumn(
        ListColumn.sliceOffsets(offsets, from, to),
        keys.slice(offsets[from], offsets[to]),
        values.slice(offsets[from], offsets[to]),
        Column.slice(nulls, from, to));
  }

  @Override
  public MapColumn gather(int[] rows) {
    int[] entries = ListColumn.elementRows(offsets, rows);
    return new MapColumn(
        ListColumn.gatherOffsets(offsets, rows),
        keys.gather(entries),
        values.gather(entries),
        Column.gather(nulls, rows));
  }

  @Override
  public long bytes() {
    return 4L * offsets.length + keys.bytes() + values.bytes();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof MapColumn c
        && Arrays.equals(offsets, c.offsets)
        && Objects.equals(nulls, c.nulls)
        && keys.equals(c.keys)
        && values.equals(c.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(offsets) + keys.hashCode();
  }
}

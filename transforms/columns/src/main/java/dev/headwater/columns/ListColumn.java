package dev.headwater.columns;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lists: all their elements one after the other, and where each list begins. Row {@code i} holds
 * elements {@code offsets[i]} to {@code offsets[i + 1]} (exclusive).
 */
public final class ListColumn implements Column {
  private final int[] offsets;
  private final Column elements;
  private final @Nullable Bits nulls;

  private ListColumn(int[] offsets, Column elements, @Nullable Bits nulls) {
    this.offsets = offsets;
    this.elements = elements;
    this.nulls = nulls;
  }

  /** Takes the arrays over: {@code offsets} has one entry more than there are rows. */
  public static ListColumn of(int[] offsets, Column elements, @Nullable Bits nulls) {
    checkOffsets(offsets, elements.size(), nulls);
    return new ListColumn(offsets, elements, Column.nulls(nulls));
  }

  static void checkOffsets(int[] offsets, int elements, @Nullable Bits nulls) {
    if (offsets.length == 0 || offsets[0] != 0 || offsets[offsets.length - 1] != elements) {
      throw new IllegalArgumentException(
          "offsets begin at 0, have one entry more than rows and end at the "
              + elements
              + " elements");
    }
    if (nulls != null && nulls.size() != offsets.length - 1) {
      throw new IllegalArgumentException(
          offsets.length - 1 + " values with " + nulls.size() + " null bits");
    }
  }

  public int[] offsets() {
    return offsets;
  }

  public Column elements() {
    return elements;
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
  public ListColumn slice(int from, int to) {
    return new ListColumn(
        sliceOffsets(offsets, from, to),
        elements.slice(offsets[from], offsets[to]),
        Column.slice(nulls, from, to));
  }

  @Override
  public ListColumn gather(int[] rows) {
    return new ListColumn(
        gatherOffsets(offsets, rows),
        elements.gather(elementRows(offsets, rows)),
        Column.gather(nulls, rows));
  }

  static int[] sliceOffsets(int[] offsets, int from, int to) {
    int[] out = new int[to - from + 1];
    for (int i = 0; i < out.length; i++) {
      out[i] = offsets[from + i] - offsets[from];
    }
    return out;
  }

  static int[] gatherOffsets(int[] offsets, int[] rows) {
    int[] out = new int[rows.length + 1];
    for (int i = 0; i < rows.length; i++) {
      out[i + 1] = Math.addExact(out[i], offsets[rows[i] + 1] - offsets[rows[i]]);
    }
    return out;
  }

  static int[] elementRows(int[] offsets, int[] rows) {
    int[] out = new int[gatherOffsets(offsets, rows)[rows.length]];
    int n = 0;
    for (int row : rows) {
      for (int e = offsets[row]; e < offsets[row + 1]; e++) {
        out[n++] = e;
      }
    }
    return out;
  }

  @Override
  public long bytes() {
    return 4L * offsets.length + elements.bytes();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof ListColumn c
        && Arrays.equals(offsets, c.offsets)
        && Objects.equals(nulls, c.nulls)
        && elements.equals(c.elements);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(offsets) + elements.hashCode();
  }
}

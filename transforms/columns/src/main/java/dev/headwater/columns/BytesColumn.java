package dev.headwater.columns;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Strings (UTF-8), binary, fixed and uuid values: the bytes one after the other, and where each
 * begins. Row {@code i} is {@code data[offsets[i] .. offsets[i + 1])}; {@code offsets[0]} is 0.
 */
public final class BytesColumn implements Column {
  private final byte[] data;
  private final int[] offsets;
  private final @Nullable Bits nulls;

  private BytesColumn(byte[] data, int[] offsets, @Nullable Bits nulls) {
    this.data = data;
    this.offsets = offsets;
    this.nulls = nulls;
  }

  /** Takes the arrays over: {@code offsets} has one entry more than there are rows. */
  public static BytesColumn of(byte[] data, int[] offsets, @Nullable Bits nulls) {
    if (offsets.length == 0 || offsets[0] != 0 || offsets[offsets.length - 1] > data.length) {
      throw new IllegalArgumentException(
          "offsets begin at 0, have one entry more than rows and end within the "
              + data.length
              + " bytes");
    }
    if (nulls != null && nulls.size() != offsets.length - 1) {
      throw new IllegalArgumentException(
          offsets.length - 1 + " values with " + nulls.size() + " null bits");
    }
    return new BytesColumn(data, offsets, Column.nulls(nulls));
  }

  /** Strings; a Java null is a null row. */
  public static BytesColumn ofStrings(@Nullable String... values) {
    byte[][] bytes = new byte[values.length][];
    int[] offsets = new int[values.length + 1];
    long[] nulls = new long[Bits.words(values.length)];
    for (int i = 0; i < values.length; i++) {
      String s = values[i];
      bytes[i] = s == null ? new byte[0] : s.getBytes(StandardCharsets.UTF_8);
      offsets[i + 1] = offsets[i] + bytes[i].length;
      if (s == null) {
        nulls[i >>> 6] |= 1L << i;
      }
    }
    byte[] data = new byte[offsets[values.length]];
    for (int i = 0; i < values.length; i++) {
      System.arraycopy(bytes[i], 0, data, offsets[i], bytes[i].length);
    }
    return of(data, offsets, Bits.of(nulls, values.length));
  }

  public byte[] data() {
    return data;
  }

  public int[] offsets() {
    return offsets;
  }

  public int length(int row) {
    return offsets[row + 1] - offsets[row];
  }

  /** The row's bytes, copied. */
  public byte[] get(int row) {
    return Arrays.copyOfRange(data, offsets[row], offsets[row + 1]);
  }

  /** The row as text. */
  public String string(int row) {
    return new String(data, offsets[row], length(row), StandardCharsets.UTF_8);
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
  public BytesColumn slice(int from, int to) {
    int[] out = new int[to - from + 1];
    for (int i = 0; i < out.length; i++) {
      out[i] = offsets[from + i] - offsets[from];
    }
    return new BytesColumn(
        Arrays.copyOfRange(data, offsets[from], offsets[to]), out, Column.slice(nulls, from, to));
  }

  @Override
  public BytesColumn gather(int[] rows) {
    int[] out = new int[rows.length + 1];
    for (int i = 0; i < rows.length; i++) {
      out[i + 1] = Math.addExact(out[i], length(rows[i]));
    }
    byte[] bytes = new byte[out[rows.length]];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(data, offsets[rows[i]], bytes, out[i], length(rows[i]));
    }
    return new BytesColumn(bytes, out, Column.gather(nulls, rows));
  }

  @Override
  public long bytes() {
    return offsets[offsets.length - 1] + 4L * offsets.length;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof BytesColumn c
        && Arrays.equals(offsets, c.offsets)
        && Objects.equals(nulls, c.nulls)
        && Arrays.equals(data, 0, offsets[size()], c.data, 0, c.offsets[c.size()]);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(offsets) + Objects.hashCode(nulls);
  }
}

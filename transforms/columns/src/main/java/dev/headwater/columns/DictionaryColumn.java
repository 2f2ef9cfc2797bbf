package dev.headwater.columns;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Strings or bytes that repeat: a code a row into a dictionary of values. The dictionary has no
 * nulls, is shared between slices, and may hold entries that no row uses, in any order, but never
 * one value twice. The code under a null is 0.
 */
public final class DictionaryColumn implements Column {
  private final int[] codes;
  private final BytesColumn dictionary;
  private final @Nullable Bits nulls;

  private DictionaryColumn(int[] codes, BytesColumn dictionary, @Nullable Bits nulls) {
    this.codes = codes;
    this.dictionary = dictionary;
    this.nulls = nulls;
  }

  /** Takes the arrays over. */
  public static DictionaryColumn of(int[] codes, BytesColumn dictionary, @Nullable Bits nulls) {
    if (dictionary.nulls() != null) {
      throw new IllegalArgumentException("a dictionary holds no null; nulls are the rows'");
    }
    if (nulls != null && nulls.size() != codes.length) {
      throw new IllegalArgumentException(
          codes.length + " values with " + nulls.size() + " null bits");
    }
    return new DictionaryColumn(codes, dictionary, Column.nulls(nulls));
  }

  public int[] codes() {
    return codes;
  }

  public BytesColumn dictionary() {
    return dictionary;
  }

  /** The same rows without a dictionary. */
  public BytesColumn decode() {
    int[] rows = codes;
    if (nulls == null) {
      return dictionary.gather(rows);
    }
    int[] offsets = new int[rows.length + 1];
    for (int i = 0; i < rows.length; i++) {
      offsets[i + 1] = Math.addExact(offsets[i], nulls.get(i) ? 0 : dictionary.length(rows[i]));
    }
    byte[] data = new byte[offsets[rows.length]];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(
          dictionary.data(),
          dictionary.offsets()[nulls.get(i) ? 0 : rows[i]],
          data,
          offsets[i],
          offsets[i + 1] - offsets[i]);
    }
    return BytesColumn.of(data, offsets, nulls);
  }

  @Override
  public int size() {
    return codes.length;
  }

  @Override
  public @Nullable Bits nulls() {
    return nulls;
  }

  @Override
  public DictionaryColumn slice(int from, int to) {
    return new DictionaryColumn(
        Arrays.copyOfRange(codes, from, to), dictionary, Column.slice(nulls, from, to));
  }

  @Override
  public DictionaryColumn gather(int[] rows) {
    int[] out = new int[rows.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = codes[rows[i]];
    }
    return new DictionaryColumn(out, dictionary, Column.gather(nulls, rows));
  }

  @Override
  public long bytes() {
    return 4L * codes.length + dictionary.bytes();
  }

  /** Equal if the dictionaries and codes are; {@link #decode} both to compare only the values. */
  @Override
  public boolean equals(Object o) {
    return o instanceof DictionaryColumn c
        && Arrays.equals(codes, c.codes)
        && Objects.equals(nulls, c.nulls)
        && dictionary.equals(c.dictionary);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(codes) + Objects.hashCode(nulls);
  }
}

package dev.headwater.columns;

/** Which entries of its dictionary a column's rows use. */
final class UsedCodes {
  private UsedCodes() {}

  static Bits of(DictionaryColumn column) {
    int entries = column.dictionary().size();
    long[] used = new long[Bits.words(entries)];
    int[] codes = column.codes();
    Bits nulls = column.nulls();
    if (nulls == null) {
      for (int code : codes) {
        used[code >>> 6] |= 1L << code;
      }
    } else {
      for (int i = 0; i < codes.length; i++) {
        if (!nulls.get(i)) {
          used[codes[i] >>> 6] |= 1L << codes[i];
        }
      }
    }
    return Bits.of(used, entries);
  }
}

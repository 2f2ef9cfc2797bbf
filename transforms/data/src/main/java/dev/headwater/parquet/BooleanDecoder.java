package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesReader;
import org.jspecify.annotations.Nullable;

/** Booleans: plainly encoded a bit each, from the lowest. */
final class BooleanDecoder implements ColumnDecoder {
  private boolean[] values = new boolean[0];

  @Override
  public void begin(int rows) {
    values = new boolean[rows];
  }

  @Override
  public void dictionary(DictionaryPage page) {
    throw new IllegalArgumentException("booleans with a dictionary");
  }

  @Override
  public void plain(PageBytes page, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      if (page.pos >= page.end) {
        throw new IllegalArgumentException("a page of booleans ends early");
      }
      values[i] = (page.bytes[page.pos] >>> page.bit & 1) != 0;
      page.bit = page.bit + 1 & 7;
      if (page.bit == 0) {
        page.pos++;
      }
    }
  }

  /** Version 2 pages run-length encode booleans: the codes are the values. */
  @Override
  public void codes(int[] codes, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      values[i] = codes[i] != 0;
    }
  }

  @Override
  public void other(ValuesReader in, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      values[i] = in.readBoolean();
    }
  }

  @Override
  public void spread(int offset, int dense, int n, long[] nulls) {
    int from = offset + dense - 1;
    for (int to = offset + n - 1; to > from; to--) {
      boolean isNull = (nulls[to >>> 6] >>> to & 1) != 0;
      values[to] = !isNull && values[from--];
    }
  }

  @Override
  public Column finish(@Nullable Bits nulls) {
    boolean[] out = values;
    values = new boolean[0];
    return BooleanColumn.of(out, nulls);
  }
}

package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.IntColumn;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesReader;
import org.jspecify.annotations.Nullable;

/** 32-bit integers. */
final class IntDecoder implements ColumnDecoder {
  private int[] values = new int[0];
  private int[] dictionary = new int[0];

  @Override
  public void begin(int rows) {
    values = new int[rows];
  }

  @Override
  public void dictionary(DictionaryPage page) throws IOException {
    ByteBuffer numbers = PageBytes.dictionary(page, Integer.BYTES);
    dictionary = new int[page.getDictionarySize()];
    numbers.asIntBuffer().get(dictionary);
  }

  @Override
  public void plain(PageBytes page, int offset, int n) {
    page.numbers(n, Integer.BYTES).asIntBuffer().get(values, offset, n);
  }

  @Override
  public void codes(int[] codes, int offset, int n) {
    int[] out = values;
    int[] from = dictionary;
    for (int i = offset; i < offset + n; i++) {
      out[i] = from[codes[i]];
    }
  }

  @Override
  public void other(ValuesReader in, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      values[i] = in.readInteger();
    }
  }

  @Override
  public void spread(int offset, int dense, int n, long[] nulls) {
    int from = offset + dense - 1;
    for (int to = offset + n - 1; to > from; to--) {
      boolean isNull = (nulls[to >>> 6] >>> to & 1) != 0;
      values[to] = isNull ? 0 : values[from--];
    }
  }

  @Override
  public Column finish(@Nullable Bits nulls) {
    int[] out = values;
    values = new int[0];
    return IntColumn.of(out, nulls);
  }
}

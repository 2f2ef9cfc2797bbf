package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.LongColumn;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesReader;
import org.jspecify.annotations.Nullable;

/** 64-bit integers. */
final class LongDecoder implements ColumnDecoder {
  private long[] values = new long[0];
  private long[] dictionary = new long[0];

  @Override
  public void begin(int rows) {
    values = new long[rows];
  }

  @Override
  public void dictionary(DictionaryPage page) throws IOException {
    ByteBuffer numbers = PageBytes.dictionary(page, Long.BYTES);
    dictionary = new long[page.getDictionarySize()];
    numbers.asLongBuffer().get(dictionary);
  }

  @Override
  public void plain(PageBytes page, int offset, int n) {
    page.numbers(n, Long.BYTES).asLongBuffer().get(values, offset, n);
  }

  @Override
  public void codes(int[] codes, int offset, int n) {
    long[] out = values;
    long[] from = dictionary;
    for (int i = offset; i < offset + n; i++) {
      out[i] = from[codes[i]];
    }
  }

  @Override
  public void other(ValuesReader in, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      values[i] = in.readLong();
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
    long[] out = values;
    values = new long[0];
    return LongColumn.of(out, nulls);
  }
}

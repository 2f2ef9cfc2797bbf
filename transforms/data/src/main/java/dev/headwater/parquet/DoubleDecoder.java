package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.DoubleColumn;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesReader;
import org.jspecify.annotations.Nullable;

/** 64-bit floating point numbers. */
final class DoubleDecoder implements ColumnDecoder {
  private double[] values = new double[0];
  private double[] dictionary = new double[0];

  @Override
  public void begin(int rows) {
    values = new double[rows];
  }

  @Override
  public void dictionary(DictionaryPage page) throws IOException {
    ByteBuffer numbers = PageBytes.dictionary(page, Double.BYTES);
    dictionary = new double[page.getDictionarySize()];
    numbers.asDoubleBuffer().get(dictionary);
  }

  @Override
  public void plain(PageBytes page, int offset, int n) {
    page.numbers(n, Double.BYTES).asDoubleBuffer().get(values, offset, n);
  }

  @Override
  public void codes(int[] codes, int offset, int n) {
    double[] out = values;
    double[] from = dictionary;
    for (int i = offset; i < offset + n; i++) {
      out[i] = from[codes[i]];
    }
  }

  @Override
  public void other(ValuesReader in, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      values[i] = in.readDouble();
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
    double[] out = values;
    values = new double[0];
    return DoubleColumn.of(out, nulls);
  }
}

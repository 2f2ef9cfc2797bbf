package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.FloatColumn;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesReader;
import org.jspecify.annotations.Nullable;

/** 32-bit floating point numbers. */
final class FloatDecoder implements ColumnDecoder {
  private float[] values = new float[0];
  private float[] dictionary = new float[0];

  @Override
  public void begin(int rows) {
    values = new float[rows];
  }

  @Override
  public void dictionary(DictionaryPage page) throws IOException {
    ByteBuffer numbers = PageBytes.dictionary(page, Float.BYTES);
    dictionary = new float[page.getDictionarySize()];
    numbers.asFloatBuffer().get(dictionary);
  }

  @Override
  public void plain(PageBytes page, int offset, int n) {
    page.numbers(n, Float.BYTES).asFloatBuffer().get(values, offset, n);
  }

  @Override
  public void codes(int[] codes, int offset, int n) {
    float[] out = values;
    float[] from = dictionary;
    for (int i = offset; i < offset + n; i++) {
      out[i] = from[codes[i]];
    }
  }

  @Override
  public void other(ValuesReader in, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      values[i] = in.readFloat();
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
    float[] out = values;
    values = new float[0];
    return FloatColumn.of(out, nulls);
  }
}

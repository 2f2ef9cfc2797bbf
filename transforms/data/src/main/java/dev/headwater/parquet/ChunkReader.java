package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.parquet.ColumnDecoder.PageBytes;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.jspecify.annotations.Nullable;

/** One column of one row group, not nested, page after page. */
final class ChunkReader implements GroupColumn {
  private static final int SKIP_ROWS = 8_192;

  private final ColumnDescriptor descriptor;
  private final PageReader pages;
  private final ColumnDecoder decoder;
  private final UnaryOperator<Column> conversion;
  private final PageValues values;
  private int[] scratch = new int[0];

  /** Rows left in the page. */
  private int left;

  /** The next row, counted from the row group's first. */
  private long next;

  private @Nullable HybridDecoder levels;

  ChunkReader(ColumnDescriptor descriptor, PageReader pages, UnaryOperator<Column> conversion)
      throws IOException {
    this.descriptor = descriptor;
    this.pages = pages;
    this.decoder = ColumnDecoder.of(descriptor);
    this.conversion = conversion;
    DictionaryPage page = pages.readDictionaryPage();
    if (page != null) {
      decoder.dictionary(page);
    }
    this.values = new PageValues(descriptor, page != null);
  }

  @Override
  public Column read(int rows) throws IOException {
    return conversion.apply(stored(rows));
  }

  private Column stored(int rows) throws IOException {
    if (scratch.length < rows) {
      scratch = new int[rows];
    }
    decoder.begin(rows);
    long @Nullable [] nulls = null;
    for (int done = 0; done < rows; ) {
      if (left == 0) {
        nextPage();
        continue;
      }
      int n = Math.min(rows - done, left);
      int present = n;
      if (levels != null) {
        if (nulls == null) {
          nulls = new long[Bits.words(rows)];
        }
        present = levels.readNulls(nulls, done, n, scratch);
      }
      values.read(decoder, done, present, scratch);
      if (present < n && nulls != null) {
        decoder.spread(done, present, n, nulls);
      }
      done += n;
      left -= n;
      next += n;
    }
    return decoder.finish(nulls == null ? null : Bits.of(nulls, rows));
  }

  @Override
  public void skipTo(long row) throws IOException {
    while (next < row) {
      if (left == 0) {
        nextPage();
      } else {
        stored((int) Math.min(Math.min(left, SKIP_ROWS), row - next));
      }
    }
  }

  private void nextPage() throws IOException {
    DataPage page = pages.readPage();
    if (page == null) {
      throw new IllegalArgumentException("its pages hold fewer values than the row group has rows");
    }
    if (page.getValueCount() < 0) {
      throw new IllegalArgumentException("a page of " + page.getValueCount() + " values");
    }
    left = page.getValueCount();
    next = page.getFirstRowIndex().orElse(next);
    if (page instanceof DataPageV2 v2) {
      PageBytes levelBytes = PageBytes.of(v2.getDefinitionLevels());
      levels =
          descriptor.getMaxDefinitionLevel() == 0 || v2.getNullCount() == 0
              ? null
              : new HybridDecoder(levelBytes.bytes, levelBytes.pos, levelBytes.end, 1);
      values.begin(v2.getDataEncoding(), PageBytes.of(v2.getData()), left);
    } else {
      DataPageV1 v1 = (DataPageV1) page;
      PageBytes in = PageBytes.of(v1.getBytes());
      levels = descriptor.getMaxDefinitionLevel() == 0 ? null : levels(v1, in);
      values.begin(v1.getValueEncoding(), in, left);
    }
  }

  private static HybridDecoder levels(DataPageV1 page, PageBytes in) {
    int count = page.getValueCount();
    if (page.getDlEncoding() == Encoding.RLE) {
      int length = in.takeInt();
      int at = in.take(length);
      return new HybridDecoder(in.bytes, at, at + length, 1);
    }
    int at = in.take((count + 7L) / 8);
    return HybridDecoder.ofBigEndianBits(in.bytes, at, count);
  }
}

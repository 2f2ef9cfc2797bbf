package dev.headwater.table;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.table.ColumnDecoder.PageBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** One column of one row group, not nested, page after page. */
final class ChunkReader {
  private final ColumnDescriptor descriptor;
  private final PageReader pages;
  private final ColumnDecoder decoder;
  private int[] scratch = new int[0];
  private boolean hasDictionary;

  /** Rows left in the page. */
  private int left;

  private @Nullable HybridDecoder levels;
  private @Nullable HybridDecoder codes;
  private @Nullable ValuesReader other;
  private PageBytes plain = new PageBytes(new byte[0], 0, 0);

  ChunkReader(ColumnDescriptor descriptor, PageReader pages, ColumnDecoder decoder)
      throws IOException {
    this.descriptor = descriptor;
    this.pages = pages;
    this.decoder = decoder;
    DictionaryPage page = pages.readDictionaryPage();
    if (page != null) {
      decoder.dictionary(page);
      hasDictionary = true;
    }
  }

  /** The column's next rows. */
  Column read(int rows) throws IOException {
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
      values(done, present);
      if (present < n && nulls != null) {
        decoder.spread(done, present, n, nulls);
      }
      done += n;
      left -= n;
    }
    return decoder.finish(nulls == null ? null : Bits.of(nulls, rows));
  }

  private void values(int offset, int n) {
    if (codes != null) {
      codes.read(scratch, offset, n);
      decoder.codes(scratch, offset, n);
    } else if (other != null) {
      decoder.other(other, offset, n);
    } else {
      decoder.plain(plain, offset, n);
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
    if (page instanceof DataPageV2 v2) {
      PageBytes levelBytes = PageBytes.of(v2.getDefinitionLevels());
      levels =
          descriptor.getMaxDefinitionLevel() == 0 || v2.getNullCount() == 0
              ? null
              : new HybridDecoder(levelBytes.bytes, levelBytes.pos, levelBytes.end, 1);
      begin(v2.getDataEncoding(), PageBytes.of(v2.getData()), left);
    } else {
      DataPageV1 v1 = (DataPageV1) page;
      PageBytes in = PageBytes.of(v1.getBytes());
      levels = descriptor.getMaxDefinitionLevel() == 0 ? null : levels(v1, in);
      begin(v1.getValueEncoding(), in, left);
    }
  }

  private static HybridDecoder levels(DataPageV1 page, PageBytes in) {
    int values = page.getValueCount();
    if (page.getDlEncoding() == Encoding.RLE) {
      int length = littleEndian(in);
      int at = in.take(length);
      return new HybridDecoder(in.bytes, at, at + length, 1);
    }
    int at = in.take((values + 7L) / 8);
    return HybridDecoder.ofBigEndianBits(in.bytes, at, values);
  }

  private void begin(Encoding encoding, PageBytes in, int values) throws IOException {
    codes = null;
    other = null;
    plain = in;
    if (encoding.usesDictionary()) {
      if (!hasDictionary) {
        throw new IllegalArgumentException("a page is coded but there is no dictionary");
      }
      // A page of nulls alone may have no bytes at all.
      int width = in.pos < in.end ? in.bytes[in.pos++] : 0;
      codes = new HybridDecoder(in.bytes, in.pos, in.end, width);
    } else if (encoding == Encoding.RLE
        && descriptor.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BOOLEAN) {
      int length = littleEndian(in);
      int at = in.take(length);
      codes = new HybridDecoder(in.bytes, at, at + length, 1);
    } else if (encoding != Encoding.PLAIN) {
      other = encoding.getValuesReader(descriptor, ValuesType.VALUES);
      other.initFromPage(
          values,
          ByteBufferInputStream.wrap(ByteBuffer.wrap(in.bytes, in.pos, in.end - in.pos).slice()));
    }
  }

  private static int littleEndian(PageBytes in) {
    int at = in.take(4);
    byte[] b = in.bytes;
    return b[at] & 0xff | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24;
  }
}

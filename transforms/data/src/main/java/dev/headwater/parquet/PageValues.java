package dev.headwater.parquet;

import dev.headwater.parquet.ColumnDecoder.PageBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** The values of one page after the other, whatever their encoding. */
final class PageValues {
  private final ColumnDescriptor descriptor;
  private final boolean hasDictionary;
  private @Nullable HybridDecoder codes;
  private @Nullable ValuesReader other;
  private PageBytes plain = new PageBytes(new byte[0], 0, 0);

  PageValues(ColumnDescriptor descriptor, boolean hasDictionary) {
    this.descriptor = descriptor;
    this.hasDictionary = hasDictionary;
  }

  /** Begins a page of {@code values} values, nulls included. */
  void begin(Encoding encoding, PageBytes in, int values) throws IOException {
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
      int length = in.takeInt();
      int at = in.take(length);
      codes = new HybridDecoder(in.bytes, at, at + length, 1);
    } else if (encoding != Encoding.PLAIN) {
      other = encoding.getValuesReader(descriptor, ValuesType.VALUES);
      other.initFromPage(
          values,
          ByteBufferInputStream.wrap(ByteBuffer.wrap(in.bytes, in.pos, in.end - in.pos).slice()));
    }
  }

  /**
   * The next {@code n} values that are not null.
   *
   * @param scratch of at least {@code offset + n}
   */
  void read(ColumnDecoder decoder, int offset, int n, int[] scratch) {
    if (codes != null) {
      codes.read(scratch, offset, n);
      decoder.codes(scratch, offset, n);
    } else if (other != null) {
      decoder.other(other, offset, n);
    } else {
      decoder.plain(plain, offset, n);
    }
  }
}

package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * Values of one physical type into a column of a batch: first densely, those of a page's rows that
 * are not null, then {@link #spread} to their rows.
 */
interface ColumnDecoder {
  /** The decoder that a stored column's values need. */
  static ColumnDecoder of(ColumnDescriptor stored) {
    PrimitiveType type = stored.getPrimitiveType();
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> new BooleanDecoder();
      case INT32 -> new IntDecoder();
      case INT64 -> new LongDecoder();
      case FLOAT -> new FloatDecoder();
      case DOUBLE -> new DoubleDecoder();
      case INT96 -> new BytesDecoder(12);
      case BINARY -> new BytesDecoder(0);
      case FIXED_LEN_BYTE_ARRAY -> new BytesDecoder(type.getTypeLength());
    };
  }

  /** Begins a batch. */
  void begin(int rows);

  /** Takes the chunk's dictionary, whose bytes are plainly encoded. */
  void dictionary(DictionaryPage page) throws IOException;

  /** {@code n} plainly encoded values that begin at {@code page.pos}, which moves on. */
  void plain(PageBytes page, int offset, int n);

  /** {@code n} values by their codes. */
  void codes(int[] codes, int offset, int n);

  /** {@code n} values of another encoding. */
  void other(ValuesReader values, int offset, int n);

  /** Moves {@code dense} values from {@code offset} on to the rows that are not null. */
  void spread(int offset, int dense, int n, long[] nulls);

  /** The batch's column. */
  Column finish(@Nullable Bits nulls);

  /** A page's bytes and how far they are read. */
  final class PageBytes {
    final byte[] bytes;
    final int end;
    int pos;

    /** For booleans: bits of the current byte that are read. */
    int bit;

    PageBytes(byte[] bytes, int pos, int end) {
      this.bytes = bytes;
      this.pos = pos;
      this.end = end;
    }

    /** The bytes of a page, not copied if they lie in an array. */
    @SuppressWarnings("deprecation") // the replacement needs an allocator and copies
    static PageBytes of(BytesInput in) throws IOException {
      ByteBuffer buffer = in.toByteBuffer();
      if (buffer.hasArray()) {
        int from = buffer.arrayOffset() + buffer.position();
        return new PageBytes(buffer.array(), from, from + buffer.remaining());
      }
      byte[] copy = new byte[buffer.remaining()];
      buffer.duplicate().get(copy);
      return new PageBytes(copy, 0, copy.length);
    }

    /** The bytes alone, copied if they are a part of an array. */
    byte[] toBytes() {
      return pos == 0 && end == bytes.length ? bytes : Arrays.copyOfRange(bytes, pos, end);
    }

    /** The next four bytes as a number, which are then read. */
    int takeInt() {
      int at = take(4);
      return bytes[at] & 0xff
          | (bytes[at + 1] & 0xff) << 8
          | (bytes[at + 2] & 0xff) << 16
          | bytes[at + 3] << 24;
    }

    int remaining() {
      return end - pos;
    }

    /** The numbers of a dictionary of numbers, little-endian, from the first. */
    static ByteBuffer dictionary(DictionaryPage page, int width) throws IOException {
      PageBytes in = of(page.getBytes());
      int size = page.getDictionarySize();
      if (size < 0 || size > in.remaining() / width) {
        throw new IllegalArgumentException(
            "a dictionary of " + size + " values has " + in.remaining() + " bytes");
      }
      return in.numbers(size, width);
    }

    /** The next {@code n} numbers of {@code width} bytes, little-endian, which are then read. */
    ByteBuffer numbers(int n, int width) {
      int at = take((long) width * n);
      return ByteBuffer.wrap(bytes, at, width * n).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The position of the next {@code n} bytes, which are then read. */
    int take(long n) {
      if (n < 0 || n > end - pos) {
        throw new IllegalArgumentException(
            "a page of " + end + " bytes ends before " + n + " bytes at " + pos);
      }
      int at = pos;
      pos += (int) n;
      return at;
    }
  }
}

package dev.headwater.table;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesReader;
import org.jspecify.annotations.Nullable;

/**
 * Values of one physical type into a column of a batch: first densely, those of a page's rows that
 * are not null, then {@link #spread} to their rows.
 */
interface ColumnDecoder {
  /** Begins a batch. */
  void begin(int rows);

  /** Takes the chunk's dictionary, whose bytes are plainly encoded. */
  void dictionary(DictionaryPage page) throws java.io.IOException;

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

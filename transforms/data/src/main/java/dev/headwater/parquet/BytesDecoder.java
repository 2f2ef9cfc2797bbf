package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Strings and bytes. A batch whose values all come by the dictionary stays coded; one plain page
 * among them decodes the batch.
 */
final class BytesDecoder implements ColumnDecoder {
  /** A larger dictionary would weigh more in every batch than the batch itself. */
  private static final int DICTIONARY_ENTRIES = 1 << 16;

  private static final int DICTIONARY_BYTES = 1 << 20;

  /** The length of every value; 0 where each tells its own. */
  private final int fixed;

  private @Nullable BytesColumn dictionary;
  private boolean keepCodes;
  private boolean coded;
  private int[] codesOrLengths = new int[0];
  private byte[] data = new byte[0];
  private int used;

  BytesDecoder(int fixed) {
    this.fixed = fixed;
  }

  @Override
  public void begin(int rows) {
    coded = dictionary != null && keepCodes;
    codesOrLengths = new int[rows];
    data = new byte[coded ? 0 : Math.max(64, rows * Math.max(8, Math.min(fixed, 64)))];
    used = 0;
  }

  @Override
  public void dictionary(DictionaryPage page) throws IOException {
    PageBytes in = PageBytes.of(page.getBytes());
    int length = in.remaining();
    int n = page.getDictionarySize();
    if (n < 0 || (fixed == 0 && n > length / 4) || (fixed > 0 && n > length / fixed)) {
      throw new IllegalArgumentException(
          "a dictionary of " + n + " values has " + length + " bytes");
    }
    coded = false;
    codesOrLengths = new int[n];
    data = new byte[length];
    used = 0;
    plain(in, 0, n);
    dictionary = BytesColumn.of(data, offsets(codesOrLengths, n), null);
    keepCodes = n <= DICTIONARY_ENTRIES && used <= DICTIONARY_BYTES && isDistinct(dictionary);
  }

  @Override
  public void plain(PageBytes page, int offset, int n) {
    decode(offset);
    for (int i = offset; i < offset + n; i++) {
      int length = fixed > 0 ? fixed : length(page);
      append(page.bytes, page.take(length), length);
      codesOrLengths[i] = length;
    }
  }

  private static int length(PageBytes page) {
    int at = page.take(4);
    byte[] b = page.bytes;
    return b[at] & 0xff | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24;
  }

  @Override
  public void codes(int[] codes, int offset, int n) {
    BytesColumn from = dictionary;
    if (from == null) {
      throw new IllegalArgumentException("a page is coded but there is no dictionary");
    }
    int size = from.size();
    if (coded) {
      int highest = 0;
      for (int i = offset; i < offset + n; i++) {
        highest = Math.max(highest, codes[i]);
        codesOrLengths[i] = codes[i];
        if (codes[i] < 0) {
          highest = Integer.MAX_VALUE;
        }
      }
      if (n > 0 && highest >= size) {
        throw new IllegalArgumentException(
            "code " + highest + " in a dictionary of " + size + " values");
      }
    } else {
      for (int i = offset; i < offset + n; i++) {
        int length = from.length(codes[i]);
        append(from.data(), from.offsets()[codes[i]], length);
        codesOrLengths[i] = length;
      }
    }
  }

  @Override
  public void other(ValuesReader in, int offset, int n) {
    decode(offset);
    for (int i = offset; i < offset + n; i++) {
      Binary value = in.readBytes();
      ByteBuffer bytes = value.toByteBuffer();
      int length = bytes.remaining();
      reserve(length);
      bytes.duplicate().get(data, used, length);
      used += length;
      codesOrLengths[i] = length;
    }
  }

  /** From codes to bytes, when a page without codes follows; rows under a null have no bytes. */
  private void decode(int rows) {
    if (!coded) {
      return;
    }
    coded = false;
    if (dictionary == null) {
      return;
    }
    for (int i = 0; i < rows; i++) {
      int code = codesOrLengths[i];
      boolean isNull = code < 0;
      int length = isNull ? 0 : dictionary.length(code);
      if (!isNull) {
        append(dictionary.data(), dictionary.offsets()[code], length);
      }
      codesOrLengths[i] = length;
    }
  }

  @Override
  public void spread(int offset, int dense, int n, long[] nulls) {
    int from = offset + dense - 1;
    // -1 tells a null's code from the dictionary's first until the batch is finished.
    int none = coded ? -1 : 0;
    for (int to = offset + n - 1; to > from; to--) {
      boolean isNull = (nulls[to >>> 6] >>> to & 1) != 0;
      codesOrLengths[to] = isNull ? none : codesOrLengths[from--];
    }
  }

  @Override
  public Column finish(@Nullable Bits nulls) {
    int[] out = codesOrLengths;
    codesOrLengths = new int[0];
    if (coded && dictionary != null) {
      if (nulls != null) {
        for (int i = 0; i < out.length; i++) {
          out[i] = Math.max(out[i], 0);
        }
      }
      return DictionaryColumn.of(out, dictionary, nulls);
    }
    byte[] bytes = data;
    data = new byte[0];
    return BytesColumn.of(
        bytes.length > used + used / 4 ? Arrays.copyOf(bytes, used) : bytes,
        offsets(out, out.length),
        nulls);
  }

  private void append(byte[] from, int at, int length) {
    reserve(length);
    System.arraycopy(from, at, data, used, length);
    used += length;
  }

  private void reserve(int length) {
    if (length > data.length - used) {
      int wanted = Math.addExact(used, length);
      data =
          Arrays.copyOf(data, Math.max(wanted, (int) Math.min(2L * wanted, Integer.MAX_VALUE - 8)));
    }
  }

  private static int[] offsets(int[] lengths, int n) {
    int[] out = new int[n + 1];
    for (int i = 0; i < n; i++) {
      out[i + 1] = Math.addExact(out[i], lengths[i]);
    }
    return out;
  }

  private static boolean isDistinct(BytesColumn values) {
    Set<ByteBuffer> seen = new HashSet<>(values.size() * 2);
    for (int i = 0; i < values.size(); i++) {
      if (!seen.add(ByteBuffer.wrap(values.data(), values.offsets()[i], values.length(i)))) {
        return false;
      }
    }
    return true;
  }
}

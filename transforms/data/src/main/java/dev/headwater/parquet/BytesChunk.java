package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.BytesInterner;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DictionaryColumn;
import java.util.Arrays;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Strings, bytes and large decimals. A dictionary-coded column's entries are looked up once for
 * each dictionary, not once a row.
 */
@SuppressWarnings("ReferenceEquality") // the same dictionary means the same object
final class BytesChunk extends ChunkWriter {
  private final boolean fixed;
  private final boolean signed;
  private int[] codes = new int[0];
  private int codeCount;
  private BytesInterner dictionary = new BytesInterner();
  private int dictionaryBytes;
  private ByteSink plain = new ByteSink();

  /** The codes of the last dictionary that came in; -1 where not looked up yet. */
  private int[] mapped = new int[0];

  private @Nullable BytesColumn mappedFrom;

  /** The last page that used a dictionary entry, so that each is compared once a page. */
  private int[] seen = new int[0];

  private int page = 1;
  private byte @Nullable [] least;
  private byte @Nullable [] greatest;

  BytesChunk(ColumnDescriptor column, PageLimits limits, BytesInputCompressor compressor) {
    super(column, limits, compressor);
    this.fixed = type().getPrimitiveTypeName() == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
    this.signed = type().getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation;
  }

  @Override
  int rowsWithin(Column in, int from, int to, int bytes) {
    BytesColumn values = values(in);
    long used = 0;
    for (int i = from; i < to; i++) {
      int row = in instanceof DictionaryColumn c ? c.codes()[i] : i;
      used += in.isNull(i) ? 0 : values.length(row) + 4L;
      if (used > bytes) {
        return Math.max(1, i - from);
      }
    }
    return to - from;
  }

  private BytesColumn values(Column in) {
    if (in instanceof DictionaryColumn c) {
      return c.dictionary();
    }
    if (in instanceof BytesColumn c) {
      return c;
    }
    if (in instanceof DecimalColumn c) {
      return bytes(c);
    }
    throw new IllegalArgumentException(in.getClass().getSimpleName() + " for " + type());
  }

  private @Nullable DecimalColumn lastDecimals;
  private @Nullable BytesColumn lastBytes;

  /** Big-endian two's complement of the type's length. */
  private BytesColumn bytes(DecimalColumn in) {
    if (in == lastDecimals && lastBytes != null) {
      return lastBytes;
    }
    int length = type().getTypeLength();
    int size = in.size();
    byte[] data = new byte[Math.multiplyExact(size, length)];
    int[] offsets = new int[size + 1];
    long[] high = in.high();
    for (int i = 0; i < size; i++) {
      offsets[i + 1] = offsets[i] + length;
      long l = in.low()[i];
      long h = high == null ? l >> 63 : high[i];
      for (int b = length - 1; b >= 0; b--) {
        data[offsets[i] + b] = (byte) l;
        l = l >>> 8 | h << 56;
        h >>= 8;
      }
    }
    lastDecimals = in;
    lastBytes = BytesColumn.of(data, offsets, in.nulls());
    return lastBytes;
  }

  @Override
  void encode(Column in, int from, int to) {
    if (codeCount + to - from > codes.length) {
      codes = Arrays.copyOf(codes, room(codeCount + to - from));
    }
    if (in instanceof DictionaryColumn c) {
      encodeCodes(c, from, to);
      return;
    }
    BytesColumn values = values(in);
    Bits nulls = in.nulls();
    for (int i = from; i < to; i++) {
      if (nulls == null || !nulls.get(i)) {
        int code = intern(values, i);
        codes[codeCount++] = code;
        see(code, values, i);
      }
    }
  }

  private void encodeCodes(DictionaryColumn in, int from, int to) {
    BytesColumn values = in.dictionary();
    if (values != mappedFrom) {
      mappedFrom = values;
      mapped = new int[values.size()];
      Arrays.fill(mapped, -1);
    }
    Bits nulls = in.nulls();
    int[] rows = in.codes();
    for (int i = from; i < to; i++) {
      if (nulls == null || !nulls.get(i)) {
        int row = rows[i];
        int code = mapped[row];
        if (code < 0) {
          code = intern(values, row);
          mapped[row] = code;
        }
        codes[codeCount++] = code;
        see(code, values, row);
      }
    }
  }

  private int intern(BytesColumn values, int row) {
    int before = dictionary.size();
    int code = dictionary.intern(values.data(), values.offsets()[row], values.offsets()[row + 1]);
    if (dictionary.size() > before) {
      dictionaryBytes = Math.addExact(dictionaryBytes, values.length(row) + (fixed ? 0 : 4));
    }
    return code;
  }

  private void see(int code, BytesColumn values, int row) {
    if (code >= seen.length) {
      seen = Arrays.copyOf(seen, Math.max(code + 1, 2 * seen.length + 16));
    }
    if (seen[code] != page) {
      seen[code] = page;
      observe(values, row);
    }
  }

  private void observe(BytesColumn values, int row) {
    byte[] data = values.data();
    int from = values.offsets()[row];
    int to = values.offsets()[row + 1];
    if (least == null || compare(data, from, to, least) < 0) {
      least = Arrays.copyOfRange(data, from, to);
    }
    if (greatest == null || compare(data, from, to, greatest) > 0) {
      greatest = Arrays.copyOfRange(data, from, to);
    }
  }

  private int compare(byte[] data, int from, int to, byte[] other) {
    if (signed && data[from] < 0 != other[0] < 0) {
      return data[from] < 0 ? -1 : 1;
    }
    return Arrays.compareUnsigned(data, from, to, other, 0, other.length);
  }

  @Override
  void appendPlain(Column in, int from, int to) {
    BytesColumn values = values(in);
    Bits nulls = in.nulls();
    for (int i = from; i < to; i++) {
      if (nulls == null || !nulls.get(i)) {
        int row = in instanceof DictionaryColumn c ? c.codes()[i] : i;
        plain(plain, values, row);
        observe(values, row);
      }
    }
  }

  private void plain(ByteSink out, BytesColumn values, int row) {
    int length = values.length(row);
    if (!fixed) {
      out.writeInt(length);
    } else if (length != type().getTypeLength()) {
      throw new IllegalArgumentException(
          length + " bytes in " + type().getName() + ", a column of " + type().getTypeLength());
    }
    out.write(values.data(), values.offsets()[row], length);
  }

  @Override
  void decodePage() {
    BytesColumn values = dictionary.values();
    for (int i = 0; i < codeCount; i++) {
      plain(plain, values, codes[i]);
    }
  }

  @Override
  int[] codes() {
    return codes;
  }

  @Override
  int codeCount() {
    return codeCount;
  }

  @Override
  int dictionarySize() {
    return dictionary.size();
  }

  @Override
  int dictionaryBytes() {
    return dictionaryBytes;
  }

  @Override
  void writeDictionary(ByteSink out) {
    BytesColumn entries = dictionary.values();
    for (int i = 0; i < entries.size(); i++) {
      plain(out, entries, i);
    }
  }

  @Override
  int plainBytes() {
    return plain.size();
  }

  @Override
  void drainPlain(ByteSink out) {
    out.write(plain);
    plain.clear();
  }

  @Override
  void endStatistics(Statistics<?> into) {
    if (least != null && greatest != null) {
      into.updateStats(Binary.fromConstantByteArray(least));
      into.updateStats(Binary.fromConstantByteArray(greatest));
    }
    least = null;
    greatest = null;
    codeCount = 0;
    page++;
  }

  @Override
  void dropDictionary() {
    dictionary = new BytesInterner();
    dictionaryBytes = 0;
    mappedFrom = null;
    mapped = new int[0];
    seen = new int[0];
  }

  @Override
  long held() {
    return dictionary.bytes() + plain.room() + 4L * (codes.length + seen.length + mapped.length);
  }

  @Override
  void clear() {
    dropDictionary();
    plain = new ByteSink();
    codes = new int[0];
    lastDecimals = null;
    lastBytes = null;
  }
}

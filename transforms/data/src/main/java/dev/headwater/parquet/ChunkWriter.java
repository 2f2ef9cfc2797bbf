package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * One column of the row group that is being written. Finished pages are kept compressed until the
 * row group ends. Values are coded by a dictionary while that is smaller than the values.
 */
abstract class ChunkWriter {
  private final ColumnDescriptor column;
  private final PageLimits limits;
  private final BytesInputCompressor compressor;
  private final boolean optional;
  private @Nullable ChunkBloom bloom;

  private final List<Page> pages = new ArrayList<>();
  private long pageBytes;
  private long values;
  private boolean coded = true;

  private boolean[] present;
  private int rows;
  private int nulls;

  /** How pages are cut. */
  record PageLimits(int rows, int bytes, int dictionaryBytes) {}

  private record Page(
      int rows, int uncompressed, BytesInput bytes, Statistics<?> statistics, Encoding encoding) {}

  ChunkWriter(ColumnDescriptor column, PageLimits limits, BytesInputCompressor compressor) {
    this.column = column;
    this.limits = limits;
    this.compressor = compressor;
    this.optional = column.getMaxDefinitionLevel() > 0;
    this.present = new boolean[0];
  }

  /** A Bloom filter beside the values, unless it is null. */
  ChunkWriter bloom(@Nullable ChunkBloom beside) {
    bloom = beside;
    return this;
  }

  /** Bytes of a plain value, 0 where each has its length before it. */
  private int width() {
    return switch (type().getPrimitiveTypeName()) {
      case INT32, FLOAT -> 4;
      case INT64, DOUBLE -> 8;
      case INT96, FIXED_LEN_BYTE_ARRAY -> type().getTypeLength();
      case BINARY -> 0;
      case BOOLEAN -> throw new IllegalStateException("booleans have no Bloom filter");
    };
  }

  PrimitiveType type() {
    return column.getPrimitiveType();
  }

  /** Adds rows {@code from} to {@code to} of the column. */
  void append(Column in, int from, int to) throws IOException {
    Bits isNull = in.nulls();
    int at = from;
    while (at < to) {
      int n = Math.min(to - at, limits.rows() - rows);
      if (!coded) {
        n = Math.min(n, rowsWithin(in, at, at + n, limits.bytes() - plainBytes()));
      }
      if (rows + n > present.length) {
        present = Arrays.copyOf(present, room(rows + n));
      }
      for (int i = 0; i < n; i++) {
        boolean here = isNull == null || !isNull.get(at + i);
        present[rows + i] = here;
        nulls += here ? 0 : 1;
      }
      if (!optional && nulls > 0) {
        throw new IllegalArgumentException(
            "column " + String.join(".", column.getPath()) + " is required, but has nulls");
      }
      if (coded) {
        encode(in, at, at + n);
      } else {
        appendPlain(in, at, at + n);
      }
      rows += n;
      at += n;
      if (rows == limits.rows() || (!coded && plainBytes() >= limits.bytes())) {
        endPage();
      }
    }
  }

  /** The length of an array for so many values of a page: it grows up to the longest page. */
  final int room(int wanted) {
    return Math.max(wanted, (int) Math.min(limits.rows(), 2L * wanted));
  }

  /** How many of the rows fit into so many plain bytes: at least one. */
  abstract int rowsWithin(Column in, int from, int to, int bytes);

  /** Appends the codes of the rows that are not null. */
  abstract void encode(Column in, int from, int to);

  /** Appends the rows that are not null as they are. */
  abstract void appendPlain(Column in, int from, int to);

  /** The page's codes become plain values. */
  abstract void decodePage();

  /** The page's codes. */
  abstract int[] codes();

  /** How many codes the page has. */
  abstract int codeCount();

  abstract int dictionarySize();

  abstract int dictionaryBytes();

  /** The distinct values, plainly encoded. */
  abstract void writeDictionary(ByteSink out);

  abstract int plainBytes();

  /** Appends the page's plain values and forgets them. */
  abstract void drainPlain(ByteSink out);

  /** Least and greatest value of the page; begins the next page. */
  abstract void endStatistics(Statistics<?> into);

  /** Forgets all, dictionary included, and frees it: a new row group begins. */
  abstract void clear();

  /** Frees the dictionary, which no page has used. */
  abstract void dropDictionary();

  /** The bytes of memory of the open page and the dictionary. */
  abstract long held();

  final void noDictionary() {
    coded = false;
  }

  private void endPage() throws IOException {
    if (rows == 0) {
      return;
    }
    if (coded && !pays()) {
      decodePage();
      coded = false;
      if (pages.isEmpty()) {
        dropDictionary();
      }
    }
    ByteSink out = new ByteSink();
    if (optional) {
      ByteSink levels = new ByteSink();
      int[] ones = new int[rows];
      for (int i = 0; i < rows; i++) {
        ones[i] = present[i] ? 1 : 0;
      }
      new HybridEncoder(levels, 1).write(ones, rows);
      out.writeInt(levels.size());
      out.write(levels);
    }
    if (coded) {
      int width = HybridEncoder.width(Math.max(0, dictionarySize() - 1));
      out.write(width);
      new HybridEncoder(out, width).write(codes(), codeCount());
    } else {
      int from = out.size();
      drainPlain(out);
      if (bloom != null) {
        bloom.add(out.toBytes(), from, width());
      }
    }
    Statistics<?> statistics = Statistics.createStats(type());
    statistics.incrementNumNulls(nulls);
    endStatistics(statistics);
    BytesInput bytes = compress(out);
    pages.add(
        new Page(
            rows, out.size(), bytes, statistics, coded ? Encoding.RLE_DICTIONARY : Encoding.PLAIN));
    pageBytes += bytes.size();
    values += rows;
    rows = 0;
    nulls = 0;
  }

  /**
   * Whether the dictionary is within its limit and, after the first page, smaller than the values.
   */
  private boolean pays() {
    if (dictionaryBytes() > limits.dictionaryBytes()) {
      return false;
    }
    return !pages.isEmpty() || codeCount() < 64 || dictionarySize() <= codeCount() * 3L / 4;
  }

  private BytesInput compress(ByteSink out) throws IOException {
    return compressor.compress(BytesInput.from(out.toBytes()));
  }

  /** About how many bytes the chunk will have. */
  long bytes() {
    return pageBytes + (coded ? dictionaryBytes() + 2L * rows : plainBytes());
  }

  /** How many bytes it holds in memory. */
  final long memory() {
    long hashes = bloom == null ? 0 : bloom.held();
    return pageBytes + 200L * pages.size() + present.length + held() + hashes;
  }

  /** Writes the chunk, and begins the next row group's. */
  void finish(ParquetFileWriter file) throws IOException {
    endPage();
    file.startColumn(column, values, compressor.getCodecName());
    // A dictionary says by itself, and for certain, what is in a chunk that has no other pages.
    boolean anyPlain = pages.stream().anyMatch(p -> p.encoding() == Encoding.PLAIN);
    boolean anyCoded = pages.stream().anyMatch(p -> p.encoding() == Encoding.RLE_DICTIONARY);
    if (anyCoded) {
      ByteSink dictionary = new ByteSink();
      writeDictionary(dictionary);
      if (bloom != null && anyPlain) {
        bloom.add(dictionary.toBytes(), 0, width());
      }
      file.writeDictionaryPage(
          new DictionaryPage(
              compress(dictionary), dictionary.size(), dictionarySize(), Encoding.PLAIN));
    }
    for (Page page : pages) {
      file.writeDataPage(
          page.rows(),
          page.uncompressed(),
          page.bytes(),
          page.statistics(),
          page.rows(),
          Encoding.RLE,
          Encoding.RLE,
          page.encoding());
    }
    if (bloom != null && anyPlain) {
      file.addBloomFilter(String.join(".", column.getPath()), bloom.finish());
    }
    file.endColumn();
    pages.clear();
    pageBytes = 0;
    values = 0;
    coded = true;
    present = new boolean[0];
    clear();
  }
}

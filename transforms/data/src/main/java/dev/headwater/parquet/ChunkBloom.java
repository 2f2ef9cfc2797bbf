package dev.headwater.parquet;

import static org.apache.iceberg.TableProperties.PARQUET_BLOOM_FILTER_COLUMN_ENABLED_PREFIX;
import static org.apache.iceberg.TableProperties.PARQUET_BLOOM_FILTER_COLUMN_FPP_PREFIX;
import static org.apache.iceberg.TableProperties.PARQUET_BLOOM_FILTER_COLUMN_NDV_PREFIX;
import static org.apache.iceberg.TableProperties.PARQUET_BLOOM_FILTER_MAX_BYTES;
import static org.apache.iceberg.TableProperties.PARQUET_BLOOM_FILTER_MAX_BYTES_DEFAULT;

import java.util.Arrays;
import java.util.Map;
import org.apache.iceberg.util.PropertyUtil;
import org.apache.parquet.column.values.bloomfilter.BlockSplitBloomFilter;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * The Bloom filter of one column's chunk, where {@code write.parquet.bloom-filter-enabled.column.X}
 * asks for one. Hashes are kept until the chunk ends, so that the filter is as large as the values
 * need and no larger.
 */
final class ChunkBloom {
  private static final BloomFilter HASH =
      new BlockSplitBloomFilter(BlockSplitBloomFilter.LOWER_BOUND_BYTES);

  private final double falsePositives;
  private final long distinct;
  private final int maxBytes;
  private long[] hashes = new long[0];
  private int size;

  private ChunkBloom(double falsePositives, long distinct, int maxBytes) {
    this.falsePositives = falsePositives;
    this.distinct = distinct;
    this.maxBytes = maxBytes;
  }

  /** As the table's properties say of the column; null for none. */
  static @Nullable ChunkBloom of(Map<String, String> properties, String column) {
    if (!PropertyUtil.propertyAsBoolean(
        properties, PARQUET_BLOOM_FILTER_COLUMN_ENABLED_PREFIX + column, false)) {
      return null;
    }
    return new ChunkBloom(
        PropertyUtil.propertyAsDouble(
            properties,
            PARQUET_BLOOM_FILTER_COLUMN_FPP_PREFIX + column,
            BlockSplitBloomFilter.DEFAULT_FPP),
        PropertyUtil.propertyAsLong(
            properties, PARQUET_BLOOM_FILTER_COLUMN_NDV_PREFIX + column, Long.MAX_VALUE),
        PropertyUtil.propertyAsInt(
            properties, PARQUET_BLOOM_FILTER_MAX_BYTES, PARQUET_BLOOM_FILTER_MAX_BYTES_DEFAULT));
  }

  /**
   * Takes plainly encoded values.
   *
   * @param width bytes of each; 0 if each has its length before it
   */
  void add(byte[] plain, int from, int width) {
    int at = from;
    while (at < plain.length) {
      int length = width;
      if (width == 0) {
        length =
            plain[at] & 0xFF
                | (plain[at + 1] & 0xFF) << 8
                | (plain[at + 2] & 0xFF) << 16
                | plain[at + 3] << 24;
        at += 4;
      }
      if (size == hashes.length) {
        hashes = Arrays.copyOf(hashes, Math.max(1_024, 2 * size));
      }
      hashes[size++] = HASH.hash(Binary.fromConstantByteArray(plain, at, length));
      at += length;
    }
  }

  /** Bytes of memory. */
  long held() {
    return 8L * hashes.length;
  }

  /** The filter of all values; begins anew. */
  BloomFilter finish() {
    long values = Math.max(1, Math.min(size, distinct));
    int bytes = BlockSplitBloomFilter.optimalNumOfBits(values, falsePositives) / 8;
    BloomFilter filter = new BlockSplitBloomFilter(Math.min(bytes, maxBytes), maxBytes);
    for (int i = 0; i < size; i++) {
      filter.insertHash(hashes[i]);
    }
    size = 0;
    hashes = new long[0];
    return filter;
  }
}

package dev.headwater.parquet;

import static org.apache.iceberg.TableProperties.PARQUET_COMPRESSION;
import static org.apache.iceberg.TableProperties.PARQUET_COMPRESSION_DEFAULT_SINCE_1_4_0;
import static org.apache.iceberg.TableProperties.PARQUET_COMPRESSION_LEVEL;
import static org.apache.iceberg.TableProperties.PARQUET_DICT_SIZE_BYTES;
import static org.apache.iceberg.TableProperties.PARQUET_DICT_SIZE_BYTES_DEFAULT;
import static org.apache.iceberg.TableProperties.PARQUET_PAGE_ROW_LIMIT;
import static org.apache.iceberg.TableProperties.PARQUET_PAGE_ROW_LIMIT_DEFAULT;
import static org.apache.iceberg.TableProperties.PARQUET_PAGE_SIZE_BYTES;
import static org.apache.iceberg.TableProperties.PARQUET_PAGE_SIZE_BYTES_DEFAULT;
import static org.apache.iceberg.TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES;
import static org.apache.iceberg.TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES_DEFAULT;

import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.util.PropertyUtil;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/** What a table's properties say about its data files. */
record FileSettings(
    CompressionCodecName codec,
    @Nullable Integer level,
    int rowGroupBytes,
    ChunkWriter.PageLimits pages) {
  /** Smaller row groups than Iceberg's bytes alone would give, so that a file can be dealt out. */
  static final int ROW_GROUP_ROWS = 1 << 20;

  private static final int LEAST_PAGE_ROWS = 1_024;
  private static final int LEAST_PAGE_BYTES = 8 << 10;

  /** What an open page takes for a number: its code, its dictionary entry and that one's slots. */
  private static final int MEMORY_OF_VALUE = 64;

  static FileSettings of(Map<String, String> properties) {
    String level = properties.get(PARQUET_COMPRESSION_LEVEL);
    String codec =
        properties.getOrDefault(PARQUET_COMPRESSION, PARQUET_COMPRESSION_DEFAULT_SINCE_1_4_0);
    return new FileSettings(
        CompressionCodecName.fromConf(codec.toUpperCase(Locale.ROOT)),
        level == null ? null : Integer.valueOf(level),
        PropertyUtil.propertyAsInt(
            properties, PARQUET_ROW_GROUP_SIZE_BYTES, PARQUET_ROW_GROUP_SIZE_BYTES_DEFAULT),
        new ChunkWriter.PageLimits(
            PropertyUtil.propertyAsInt(
                properties, PARQUET_PAGE_ROW_LIMIT, PARQUET_PAGE_ROW_LIMIT_DEFAULT),
            PropertyUtil.propertyAsInt(
                properties, PARQUET_PAGE_SIZE_BYTES, PARQUET_PAGE_SIZE_BYTES_DEFAULT),
            PropertyUtil.propertyAsInt(
                properties, PARQUET_DICT_SIZE_BYTES, PARQUET_DICT_SIZE_BYTES_DEFAULT)));
  }

  /**
   * These with shorter pages and smaller dictionaries, so that the open page of each of so many
   * columns fits into the memory.
   */
  FileSettings within(long bytes, int columns) {
    long each = bytes / Math.max(1, columns);
    ChunkWriter.PageLimits fitted =
        new ChunkWriter.PageLimits(
            (int) Math.min(pages.rows(), Math.max(LEAST_PAGE_ROWS, each / MEMORY_OF_VALUE)),
            (int) Math.min(pages.bytes(), Math.max(LEAST_PAGE_BYTES, each / 4)),
            (int) Math.min(pages.dictionaryBytes(), Math.max(LEAST_PAGE_BYTES, each / 2)));
    return new FileSettings(codec, level, rowGroupBytes, fitted);
  }
}

package dev.headwater.table;

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
import static org.apache.iceberg.TableProperties.WRITE_TARGET_FILE_SIZE_BYTES;
import static org.apache.iceberg.TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT;

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
    ChunkWriter.PageLimits pages,
    long targetBytes) {
  /** Smaller row groups than Iceberg's bytes alone would give, so that a file can be dealt out. */
  static final int ROW_GROUP_ROWS = 1 << 20;

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
                properties, PARQUET_DICT_SIZE_BYTES, PARQUET_DICT_SIZE_BYTES_DEFAULT)),
        PropertyUtil.propertyAsLong(
            properties, WRITE_TARGET_FILE_SIZE_BYTES, WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT));
  }

  /** These with another size of files. */
  FileSettings target(long bytes) {
    return new FileSettings(codec, level, rowGroupBytes, pages, bytes);
  }
}

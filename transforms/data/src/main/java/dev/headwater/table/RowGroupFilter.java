package dev.headwater.table;

import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.parquet.ParquetDictionaryRowGroupFilter;
import org.apache.iceberg.parquet.ParquetMetricsRowGroupFilter;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Which row groups may hold a matching row, by their statistics and dictionaries. */
final class RowGroupFilter {
  private final MessageType file;
  private final @Nullable ParquetMetricsRowGroupFilter statistics;
  private final @Nullable ParquetDictionaryRowGroupFilter dictionaries;

  private RowGroupFilter(MessageType file, @Nullable Schema schema, @Nullable Expression filter) {
    this.file = file;
    if (schema == null || filter == null) {
      statistics = null;
      dictionaries = null;
    } else {
      statistics = new ParquetMetricsRowGroupFilter(schema, filter, true);
      dictionaries = new ParquetDictionaryRowGroupFilter(schema, filter, true);
    }
  }

  /**
   * Names that are not read are looked up in the file; a filter that fits neither skips nothing.
   */
  static RowGroupFilter of(@Nullable Expression filter, Schema projection, MessageType file) {
    if (filter == null) {
      return new RowGroupFilter(file, null, null);
    }
    if (fits(filter, projection)) {
      return new RowGroupFilter(file, projection, filter);
    }
    Schema own;
    try {
      own = ParquetSchemaUtil.convert(file);
    } catch (UnsupportedOperationException e) {
      // A type that Iceberg has no name for: nothing can be skipped by it.
      return new RowGroupFilter(file, null, null);
    }
    return new RowGroupFilter(file, fits(filter, own) ? own : null, filter);
  }

  private static boolean fits(Expression filter, Schema schema) {
    try {
      Binder.bind(schema.asStruct(), filter, true);
      return true;
    } catch (ValidationException e) {
      return false;
    }
  }

  boolean mayMatch(ParquetFileReader reader, BlockMetaData group) {
    return (statistics == null || statistics.shouldRead(file, group))
        && (dictionaries == null
            || dictionaries.shouldRead(file, group, reader.getDictionaryReader(group)));
  }
}

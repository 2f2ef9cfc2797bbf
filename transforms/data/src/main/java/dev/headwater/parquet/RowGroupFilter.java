package dev.headwater.parquet;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.parquet.ParquetBloomRowGroupFilter;
import org.apache.iceberg.parquet.ParquetDictionaryRowGroupFilter;
import org.apache.iceberg.parquet.ParquetMetricsRowGroupFilter;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.internal.filter2.columnindex.RowRanges;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Which row groups may hold a matching row, by their statistics, dictionaries and Bloom filters,
 * and which of their pages, by their indexes.
 */
final class RowGroupFilter {
  private final MessageType file;
  private final @Nullable ParquetMetricsRowGroupFilter statistics;
  private final @Nullable ParquetDictionaryRowGroupFilter dictionaries;
  private final @Nullable ParquetBloomRowGroupFilter blooms;
  private final @Nullable Expression bound;

  private RowGroupFilter(MessageType file, @Nullable Schema schema, @Nullable Expression filter) {
    this.file = file;
    if (schema == null || filter == null) {
      statistics = null;
      dictionaries = null;
      blooms = null;
      bound = null;
    } else {
      statistics = new ParquetMetricsRowGroupFilter(schema, filter, true);
      dictionaries = new ParquetDictionaryRowGroupFilter(schema, filter, true);
      blooms = new ParquetBloomRowGroupFilter(schema, filter, true);
      bound = Binder.bind(schema.asStruct(), Expressions.rewriteNot(filter), true);
    }
  }

  /**
   * Names that are not read are looked up in the file; a filter that fits neither skips nothing.
   */
  static RowGroupFilter of(@Nullable Expression filter, Schema projection, MessageType file) {
    if (filter == null) {
      return new RowGroupFilter(file, null, null);
    }
    Schema schema = projection;
    if (!fits(filter, projection)) {
      try {
        schema = ParquetSchemaUtil.convert(file);
      } catch (UnsupportedOperationException e) {
        // A type that Iceberg has no name for: nothing can be skipped by it.
        return new RowGroupFilter(file, null, null);
      }
    }
    return fits(filter, schema)
        ? new RowGroupFilter(file, schema, StoredOnly.of(filter, schema, file))
        : new RowGroupFilter(file, null, null);
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
            || dictionaries.shouldRead(file, group, reader.getDictionaryReader(group)))
        && (blooms == null
            || blooms.shouldRead(file, group, reader.getBloomFilterDataReader(group)));
  }

  /**
   * The rows of a row group that may match; null if all of them.
   *
   * @param columns the columns that are read; all of them need indexes, or nothing is left out
   */
  @Nullable RowRanges pages(
      ParquetFileReader reader, BlockMetaData group, List<ColumnDescriptor> columns) {
    if (bound == null) {
      return null;
    }
    Set<ColumnPath> wanted = new HashSet<>();
    columns.forEach(column -> wanted.add(ColumnPath.get(column.getPath())));
    for (ColumnChunkMetaData chunk : group.getColumns()) {
      if (wanted.contains(chunk.getPath()) && chunk.getOffsetIndexReference() == null) {
        return null;
      }
    }
    return PageFilter.of(bound, file, reader, group);
  }
}

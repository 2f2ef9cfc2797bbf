package dev.headwater.parquet;

import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.InputFile;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a Parquet file: the row groups that begin within {@code start} to {@code start +
 * length} (bytes).
 *
 * @param filter what cannot match may be left out; other rows come unfiltered
 * @param byName whether columns are found by name, whatever ids the file has
 * @param nameMapping a table's property {@code schema.name-mapping.default}, for a file without
 *     field ids; null maps columns by the projection's names
 * @param constants field id to value (as in a row of a batch) for columns that the file may lack
 * @param rows which of the rows
 */
public record FileRead(
    Schema projection,
    @Nullable Expression filter,
    long start,
    long length,
    boolean byName,
    @Nullable String nameMapping,
    Map<Integer, Serializable> constants,
    RowSelection rows) {
  /** All rows of these row groups, columns found by field id. */
  public static FileRead of(
      Schema projection, @Nullable Expression filter, long start, long length) {
    return new FileRead(projection, filter, start, length, false, null, Map.of(), RowSelection.ALL);
  }

  /** The same, columns found by name. */
  FileRead named() {
    return new FileRead(projection, filter, start, length, true, nameMapping, constants, rows);
  }

  /**
   * Opens a file.
   *
   * @throws HeadwaterException DATA if it is missing, not Parquet, damaged, or lacks what is asked
   */
  public BatchReader open(InputFile input) {
    ParquetFile file = ParquetFile.open(input);
    try {
      MessageType schema =
          byName ? file.schemaByName(projection) : file.schemaWithIds(projection, nameMapping);
      RowGroupFilter wanted = RowGroupFilter.of(filter, projection, schema);
      try {
        List<FileColumns.Source> sources = FileColumns.of(projection, schema, constants, byName);
        List<ColumnDescriptor> stored =
            sources.stream().flatMap(source -> source.stored().stream()).distinct().toList();
        file.reader().setRequestedSchema(stored);
        List<RowGroup> groups = RowGroup.of(file, start, length, wanted, stored);
        return new BatchReader(file, projection, sources, groups, null, rows);
      } catch (NestedNode.UnknownShape e) {
        MessageType own = byName ? file.schema() : null;
        NestedRows nested = new NestedRows(input, projection, own, nameMapping, constants);
        List<RowGroup> groups = RowGroup.of(file, start, length, wanted, null);
        return new BatchReader(file, projection, List.of(), groups, nested, rows);
      }
    } catch (RuntimeException e) {
      try {
        file.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e instanceof HeadwaterException ? e : file.fault(ParquetFile.reason(e), e);
    }
  }
}

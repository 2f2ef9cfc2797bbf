package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/** A piece of a table's data file as batches of columns, in the file's order. One thread. */
interface FileBatches extends CloseableIterator<RowBatch> {
  /**
   * The position in the file of the first row of the batch that {@link #next} gave last; the others
   * follow one by one unless some are left out.
   */
  long position();

  /** Reads a table's split, without the rows that are deleted. */
  static FileBatches open(
      FileIO io,
      FileSplit split,
      Schema projection,
      @Nullable Expression filter,
      @Nullable String nameMapping,
      DeletedRows deletes) {
    RowPositions deleted = deletes.of(split, filter, nameMapping);
    return open(io, split, projection, filter, nameMapping, deleted::others);
  }

  /** Reads these rows of a table's split, whether they are deleted or not. */
  static FileBatches open(
      FileIO io,
      FileSplit split,
      Schema projection,
      @Nullable Expression filter,
      @Nullable String nameMapping,
      RowSelection selection) {
    return split.format() == FileFormat.PARQUET
        ? BatchReader.open(io, split, projection, filter, nameMapping, selection)
        : RecordBatches.open(io, split, projection, filter, nameMapping, selection);
  }
}

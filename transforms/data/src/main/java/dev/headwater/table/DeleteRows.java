package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.BatchReader;
import dev.headwater.parquet.ParquetFile;
import dev.headwater.parquet.RowSelection;
import java.util.Map;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * The rows of delete files, into memory that is bounded: Iceberg's own loader of them (1.11.0)
 * holds all.
 */
final class DeleteRows {
  private DeleteRows() {}

  /**
   * All rows of a delete file.
   *
   * @param columns by field id
   * @param filter rows that cannot match may be left out
   * @throws HeadwaterException DATA if it is missing or damaged
   */
  static CloseableIterator<RowBatch> of(
      FileIO io, DeleteFile file, Schema columns, @Nullable Expression filter) {
    if (file.format() == FileFormat.PARQUET) {
      return BatchReader.open(io.newInputFile(file), columns, filter, 0, file.fileSizeInBytes());
    }
    FileSplit all =
        new FileSplit(
            file.location(),
            file.fileSizeInBytes(),
            0,
            file.fileSizeInBytes(),
            Map.of(),
            RowDeletes.NONE,
            file.format());
    return RecordBatches.open(io, all, columns, filter, null, RowSelection.ALL);
  }

  /** A fault of this delete file. */
  static HeadwaterException fault(DeleteFile file, Exception cause) {
    String reason =
        cause instanceof NotFoundException ? "there is no such file" : ParquetFile.reason(cause);
    return new HeadwaterException(
        Kind.DATA,
        "Cannot read delete file " + file.location() + ": " + reason + ".",
        "put it back from a copy of the warehouse, or read an older snapshot.",
        cause);
  }
}

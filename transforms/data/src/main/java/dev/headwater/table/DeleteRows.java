package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import java.io.IOException;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.avro.Avro;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.avro.PlannedDataReader;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/**
 * The rows of delete files, Parquet and Avro. Iceberg's own loader of them (1.11.0) needs ORC on
 * the class path.
 */
final class DeleteRows {
  private DeleteRows() {}

  /**
   * All rows of a delete file.
   *
   * @param columns by field id
   * @param filter rows that cannot match may be left out
   * @throws HeadwaterException DATA if it is missing or damaged, REFUSED if it is ORC
   */
  static CloseableIterator<RowBatch> of(
      FileIO io, DeleteFile file, Schema columns, @Nullable Expression filter) {
    InputFile input = io.newInputFile(file);
    switch (file.format()) {
      case PARQUET -> {
        return BatchReader.open(input, columns, filter, 0, file.fileSizeInBytes());
      }
      case AVRO -> {
        return avro(input, file, columns);
      }
      default ->
          throw new HeadwaterException(
              Kind.REFUSED,
              "Cannot read delete file " + file.location() + ": it is " + file.format() + ".",
              "rewrite the table's delete files as Parquet.");
    }
  }

  private static CloseableIterator<RowBatch> avro(
      InputFile input, DeleteFile file, Schema columns) {
    CloseableIterator<Record> records;
    try {
      records =
          Avro.read(input)
              .project(columns)
              .createResolvingReader(schema -> PlannedDataReader.<Record>create(schema))
              .<Record>build()
              .iterator();
    } catch (RuntimeException e) {
      throw fault(file, e);
    }
    return new CloseableIterator<>() {
      @Override
      public boolean hasNext() {
        try {
          return records.hasNext();
        } catch (RuntimeException e) {
          throw fault(file, e);
        }
      }

      @Override
      public RowBatch next() {
        RowBatchBuilder out = new RowBatchBuilder(columns);
        do {
          Records.append(out, columns, records.next());
        } while (hasNext() && out.size() < RowBatch.MAX_ROWS && out.bytes() < RowBatch.MAX_BYTES);
        return out.build();
      }

      @Override
      public void close() throws IOException {
        records.close();
      }
    };
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

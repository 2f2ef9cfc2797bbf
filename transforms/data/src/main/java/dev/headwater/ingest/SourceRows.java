package dev.headwater.ingest;

import dev.headwater.avro.AvroFile;
import dev.headwater.files.Decoded;
import dev.headwater.files.RowSource;
import dev.headwater.files.SourceFormat;
import dev.headwater.files.TextFile;
import dev.headwater.orc.OrcFile;
import dev.headwater.parquet.BatchReader;
import dev.headwater.table.FileSplit;
import java.io.IOException;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;

/** The rows of a piece of a source's file, whatever its format, by the columns' names. */
public final class SourceRows {
  private SourceRows() {}

  /**
   * Opens a piece of a file.
   *
   * @param format with the columns that its {@link Sources} has
   * @param schema the columns to read
   */
  public static RowSource open(FileIO io, FileSplit split, SourceFormat format, Schema schema) {
    InputFile file = ReadCheckWrite.unchanged(io, split);
    return switch (format.kind()) {
      case PARQUET ->
          new Parquet(BatchReader.openByName(file, schema, split.start(), split.length()));
      case CSV, JSON -> TextFile.of(file, format).rows(schema, split.start(), split.length());
      case AVRO ->
          AvroFile.open(file).rows(schema, split.start(), split.length(), split.firstRow());
      case ORC -> OrcFile.open(file).rows(schema, split.start(), split.length());
    };
  }

  private record Parquet(BatchReader batches) implements RowSource {
    @Override
    public boolean hasNext() {
      return batches.hasNext();
    }

    @Override
    public Decoded next() {
      var batch = batches.next();
      return Decoded.of(batch, batches.position());
    }

    @Override
    public void close() throws IOException {
      batches.close();
    }
  }
}

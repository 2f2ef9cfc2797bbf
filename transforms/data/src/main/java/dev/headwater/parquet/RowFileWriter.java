package dev.headwater.parquet;

import dev.headwater.columns.RowBatch;
import dev.headwater.rows.RecordRows;
import java.io.IOException;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;

/** A data file with lists, maps or structs, written row by row through Iceberg's own writer. */
final class RowFileWriter implements DataFileWriter {
  private final DataWriter<Record> file;

  /**
   * @param rowGroupBytes of a row group, which is what it holds in memory at most
   */
  RowFileWriter(Table table, OutputFile output, @Nullable StructLike partition, int rowGroupBytes)
      throws IOException {
    Parquet.DataWriteBuilder builder =
        Parquet.writeData(output)
            .forTable(table)
            .schema(table.schema())
            .set(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, Integer.toString(rowGroupBytes))
            .createWriterFunc(GenericParquetWriter::create)
            .withSpec(table.spec());
    this.file = (partition == null ? builder : builder.withPartition(partition)).build();
  }

  @Override
  public void write(RowBatch batch) {
    for (Record record : RecordRows.of(batch)) {
      file.write(record);
    }
  }

  @Override
  public long bytes() {
    return file.length();
  }

  /** Known only to parquet-mr: bounded by the row group's size, and never freed before. */
  @Override
  public long memory() {
    return 0;
  }

  @Override
  public void flush() {}

  @Override
  public DataFile finish() throws IOException {
    file.close();
    return file.toDataFile();
  }

  @Override
  public void abandon() {
    try {
      file.close();
    } catch (IOException | RuntimeException e) {
      // The file is an orphan either way, and what made us leave it is the fault to tell.
      return;
    }
  }
}

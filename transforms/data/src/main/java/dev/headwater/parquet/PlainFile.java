package dev.headwater.parquet;

import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Files;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;

/** A local Parquet file that is no table's, zstd, by columns. One thread. */
public final class PlainFile implements AutoCloseable {
  private final Path path;
  private final Schema schema;
  private final DataFileWriters writers;
  private final DataFileWriter file;

  private PlainFile(Path path, Table table, int memory) throws IOException {
    this.path = path;
    this.schema = table.schema();
    this.writers = new DataFileWriters(table);
    this.file = writers.begin(Files.localOutput(path.toFile()), null, memory);
  }

  /**
   * Begins a file.
   *
   * @param memory about how many bytes of memory its rows may take until they are a row group
   * @throws org.apache.iceberg.exceptions.AlreadyExistsException if there is one
   */
  public static PlainFile create(Path path, Schema schema, int memory) throws IOException {
    Map<String, String> properties =
        Map.of(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, Integer.toString(memory));
    TableMetadata metadata =
        TableMetadata.newTableMetadata(
            schema, PartitionSpec.unpartitioned(), path.toUri().toString(), properties);
    Table table =
        new BaseTable(
            new StaticTableOperations(
                metadata, null, LocationProviders.locationsFor(metadata.location(), properties)),
            path.toString());
    return new PlainFile(path, table, memory);
  }

  public Path path() {
    return path;
  }

  /** Adds rows whose columns are the schema's, by their position. */
  public void write(RowBatch batch) throws IOException {
    file.write(batch.as(schema));
  }

  /** Ends the file; without it the file is none. */
  public void finish() throws IOException {
    file.finish();
  }

  @Override
  public void close() {
    file.abandon();
    writers.close();
  }
}

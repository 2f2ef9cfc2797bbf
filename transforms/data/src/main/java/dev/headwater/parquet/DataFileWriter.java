package dev.headwater.parquet;

import dev.headwater.columns.RowBatch;
import java.io.IOException;
import org.apache.iceberg.DataFile;

/** One data file that is being written. */
public interface DataFileWriter {
  /** Adds rows whose columns are the table's. */
  void write(RowBatch batch) throws IOException;

  /** About how many bytes the file has so far. */
  long bytes();

  /** About how many bytes of memory its rows take, which {@link #flush} frees. */
  long memory();

  /** Writes what is in memory as a row group. */
  void flush() throws IOException;

  /** Ends the file; it may be committed afterwards, and only then. */
  DataFile finish() throws IOException;

  /** Leaves the file as an orphan. */
  void abandon();
}

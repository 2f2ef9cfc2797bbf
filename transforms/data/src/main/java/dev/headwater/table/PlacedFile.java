package dev.headwater.table;

import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.DataFileWriter;
import java.io.IOException;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;

/** A data file that tells where in it each row came to lie. */
final class PlacedFile implements DataFileWriter {
  /** Hears of rows that were written. */
  public interface Listener {
    /**
     * Rows lie in a file one after the other.
     *
     * @param first the position of the first one
     * @param places of each row, the place in the stream that it came with
     */
    void wrote(String path, long first, RowBatch rows, Column places);
  }

  private final DataFileWriter file;
  private final String path;
  private final Schema schema;
  private final Listener listener;
  private long rows;

  PlacedFile(DataFileWriter file, String path, Schema schema, Listener listener) {
    this.file = file;
    this.path = path;
    this.schema = schema;
    this.listener = listener;
  }

  /** Adds rows of the table's columns and, after them, their places. */
  @Override
  public void write(RowBatch batch) throws IOException {
    List<Column> all = batch.columns();
    int last = all.size() - 1;
    RowBatch own = RowBatch.of(schema, batch.size(), all.subList(0, last));
    file.write(own);
    listener.wrote(path, rows, own, all.get(last));
    rows += own.size();
  }

  @Override
  public long bytes() {
    return file.bytes();
  }

  @Override
  public long memory() {
    return file.memory();
  }

  @Override
  public void flush() throws IOException {
    file.flush();
  }

  @Override
  public DataFile finish() throws IOException {
    return file.finish();
  }

  @Override
  public void abandon() {
    file.abandon();
  }
}

package dev.headwater.parquet;

import dev.headwater.columns.RowBatch;
import org.apache.iceberg.io.CloseableIterator;

/** A piece of a data file as batches of columns, in the file's order. One thread. */
public interface FileBatches extends CloseableIterator<RowBatch> {
  /**
   * The position in the file of the first row of the batch that {@link #next} gave last; the others
   * follow one by one unless some are left out.
   */
  long position();
}

package dev.headwater.table;

import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Makes rows of other columns than a table's into its rows, and letters of those that don't fit.
 * One thread.
 */
public interface RowFit {
  /**
   * What became of a batch.
   *
   * @param good the rows that fit, with the table's columns
   * @param kept which of the batch's rows these are; null: all
   * @param letters one row for each of the others; null where there is none
   */
  record Fitted(RowBatch good, @Nullable Bits kept, @Nullable RowBatch letters) {}

  /** Fits a batch. */
  Fitted fit(RowBatch batch, Origin from);

  /** Opens a fit on a worker. */
  interface Factory extends Serializable {
    /** The columns that the file is to be read with. */
    Schema read();

    RowFit open();
  }
}

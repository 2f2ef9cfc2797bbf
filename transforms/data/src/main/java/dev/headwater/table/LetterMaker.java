package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.files.BadRow;
import java.io.Serializable;

/** Makes letters of rows that a stage can't compute. */
@FunctionalInterface
public interface LetterMaker extends Serializable {
  /**
   * One row of the letters' table for each row.
   *
   * @param rows one or more
   * @param why the same for all
   */
  RowBatch letters(RowBatch rows, BadRow.Why why);
}

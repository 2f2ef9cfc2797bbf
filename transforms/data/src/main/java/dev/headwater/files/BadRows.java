package dev.headwater.files;

import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import java.util.List;

/** Makes letters of rows that could not be decoded. */
@FunctionalInterface
public interface BadRows extends Serializable {
  /**
   * One row of the letters' table for each, in their order.
   *
   * @param texts what they were read from
   * @param rows at least one
   */
  RowBatch letters(String source, RowTexts texts, List<BadRow> rows);
}

package dev.headwater.files;

import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import java.util.List;

/** Makes letters of rows that could not be decoded. */
@FunctionalInterface
public interface BadRows extends Serializable {
  /** One row of the letters' table for each, in their order. */
  RowBatch letters(String source, List<BadRow> rows);
}

package dev.headwater.parquet;

import dev.headwater.columns.Column;
import java.io.IOException;

/** A wanted column of the row group that is being read. */
interface GroupColumn {
  /** The next rows. */
  Column read(int rows) throws IOException;

  /**
   * Leaves rows out.
   *
   * @param row the next row to read, counted from the row group's first; all rows from there to
   *     where reading stops must be in pages that were fetched
   */
  void skipTo(long row) throws IOException;
}

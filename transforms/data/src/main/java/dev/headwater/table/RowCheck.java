package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Divides rows on their way into a table into good ones and letters. One thread. */
public interface RowCheck {
  /**
   * What a batch was divided into; every row is in one of them.
   *
   * @param letters one row for each bad row, of the letters' table; null where all rows are good
   */
  record Checked(RowBatch good, @Nullable RowBatch letters) {}

  /** Divides a batch. */
  Checked check(RowBatch batch, Origin from);

  /** Opens a check on a worker. */
  interface Factory extends Serializable {
    RowCheck open(Schema schema);
  }
}

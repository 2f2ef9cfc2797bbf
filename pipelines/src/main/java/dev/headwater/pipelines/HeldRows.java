package dev.headwater.pipelines;

import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Write;
import dev.headwater.upsert.HeldKeys;
import dev.headwater.validate.Letter;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a topic's letters that are fine by now and stay letters all the same: their key is in the
 * table, where nothing says which of the two rows is newer; or the topic has not taken over their
 * window yet.
 */
record HeldRows(Bits rows, Letter.Reason why) {
  private static final Letter.Reason KEY =
      new Letter.Reason(
          "order",
          "the table has a row with its key, and without an order nothing says which is newer",
          null,
          null);

  private static final Letter.Reason EARLY =
      new Letter.Reason(
          "overwrite",
          "the first row that comes of its window would take it away again",
          null,
          null);

  /** Of some rows; null where all of them may come. */
  static @Nullable HeldRows of(
      Stages stages, Target target, TableDecl table, Table into, RowBatch rows) {
    if (table.write().mode() == Write.Mode.OVERWRITE) {
      TopicTable topic = new TopicTable(stages, target);
      return new HeldRows(topic.windows(into).kept(into, topic.sink(), rows).not(), EARLY);
    }
    if (table.write().mode() != Write.Mode.UPSERT || table.write().order() != null) {
      return null;
    }
    try {
      return new HeldRows(HeldKeys.of(into, table.write().key(), rows), KEY);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.headwater.table;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.FileBatches;
import dev.headwater.parquet.RowSelection;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.apache.iceberg.MetadataColumns;
import org.jspecify.annotations.Nullable;

/** A file's rows with their ids, and when they were last updated: see {@link RowLineage}. */
final class LineageBatches implements FileBatches {
  private final FileBatches all;
  private final Map<Integer, Serializable> constants;
  private final RowSelection rows;
  private @Nullable RowBatch ready;
  private long readyAt;
  private long position;

  /**
   * @param all every row of the piece, with the two columns as the file has them
   * @param constants what they are where the file does not say
   */
  LineageBatches(FileBatches all, Map<Integer, Serializable> constants, RowSelection rows) {
    this.all = all;
    this.constants = constants;
    this.rows = rows;
  }

  @Override
  public boolean hasNext() {
    while (ready == null && all.hasNext()) {
      RowBatch batch = all.next();
      long first = all.position();
      Bits kept = rows.of(first, batch.size());
      if (kept == null || kept.count() > 0) {
        RowBatch filled = filled(batch, first);
        ready = kept == null ? filled : filled.filter(kept);
        readyAt = kept == null ? first : first + kept.positions()[0];
      }
    }
    return ready != null;
  }

  @Override
  public RowBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    RowBatch next = Objects.requireNonNull(ready);
    ready = null;
    position = readyAt;
    return next;
  }

  private RowBatch filled(RowBatch batch, long first) {
    Column[] columns = batch.columns().toArray(Column[]::new);
    fill(batch, columns, MetadataColumns.ROW_ID.fieldId(), first, 1);
    fill(batch, columns, MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER.fieldId(), 0, 0);
    return RowBatch.of(batch.schema(), batch.size(), columns);
  }

  /** Puts {@code constant + first + row * step} where the file has a null. */
  private void fill(RowBatch batch, Column[] columns, int id, long first, int step) {
    int at = batch.schema().columns().indexOf(batch.schema().findField(id));
    Serializable constant = constants.get(id);
    if (constant == null || !(columns[at] instanceof LongColumn own) || own.nulls() == null) {
      return;
    }
    long from = (Long) constant + first;
    long[] values = own.values().clone();
    for (int row : own.nulls().positions()) {
      values[row] = from + (long) row * step;
    }
    columns[at] = LongColumn.of(values, null);
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void close() throws IOException {
    all.close();
  }
}

package dev.headwater.aggregate;

import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunOrder;
import org.apache.iceberg.Schema;

/** A merged stream of rows sorted by key and time, row by row. */
public final class KeyedRows {
  public static final int KEY = 0;
  public static final int TIME = 1;
  public static final int FIRST_LANE = 2;

  private final RunMerge merge;
  private RowBatch batch;
  private Column keys;
  private long[] times = new long[0];
  private int row;
  private int to;
  private boolean done;
  private boolean keyChanged;

  /** Stands on the first row, if there is one. */
  public KeyedRows(RunMerge merge) {
    this.merge = merge;
    this.done = !merge.next();
    this.keyChanged = true;
    this.batch = done ? RowBatch.of(new Schema(), 0) : merge.batch();
    this.keys = done ? LongColumn.of() : batch.column(KEY);
    if (!done) {
      stand();
    }
  }

  /** Whether there is no row any more. */
  public boolean done() {
    return done;
  }

  public void advance() {
    int before = row;
    row++;
    if (row < to) {
      keyChanged =
          keys instanceof DictionaryColumn d
              ? d.codes()[row] != d.codes()[before]
              : RunOrder.compareBytes(keys, before, keys, row) != 0;
      return;
    }
    Column last = keys;
    if (!merge.next()) {
      done = true;
      return;
    }
    stand();
    keyChanged = RunOrder.compareBytes(last, before, keys, row) != 0;
  }

  /** Whether this row's key is another than that of the row before; true on the first. */
  public boolean keyChanged() {
    return keyChanged;
  }

  public long time() {
    return times[row];
  }

  public RowBatch batch() {
    return batch;
  }

  public int row() {
    return row;
  }

  public Column keys() {
    return keys;
  }

  public int compareKey(KeyedRows other) {
    return RunOrder.compareBytes(keys, row, other.keys, other.row);
  }

  private void stand() {
    batch = merge.batch();
    keys = batch.column(KEY);
    times = ((LongColumn) batch.column(TIME)).values();
    row = merge.from();
    to = merge.to();
  }
}

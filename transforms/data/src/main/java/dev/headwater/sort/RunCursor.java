package dev.headwater.sort;

import dev.headwater.columns.RowBatch;

/** Sorted runs, row by row. One thread. */
public final class RunCursor implements AutoCloseable {
  private final RunMerge merge;
  private boolean any;
  private int row;

  /** Closes the merge with itself. */
  public RunCursor(RunMerge merge) {
    this.merge = merge;
  }

  /** Goes to the next row; false after the last. */
  public boolean next() {
    if (any && row + 1 < merge.to()) {
      row++;
      return true;
    }
    any = merge.next();
    if (any) {
      row = merge.from();
    }
    return any;
  }

  /** The batch that holds the row. */
  public RowBatch batch() {
    return merge.batch();
  }

  /** The row in the batch. */
  public int row() {
    return row;
  }

  @Override
  public void close() {
    merge.close();
  }
}

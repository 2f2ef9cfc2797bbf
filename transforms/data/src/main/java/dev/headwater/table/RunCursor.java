package dev.headwater.table;

import dev.headwater.columns.RowBatch;

/** Sorted runs, row by row. One thread. */
final class RunCursor implements AutoCloseable {
  private final RunMerge merge;
  private boolean any;
  private int row;

  RunCursor(RunMerge merge) {
    this.merge = merge;
  }

  /** Goes to the next row; false after the last. */
  boolean next() {
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

  RowBatch batch() {
    return merge.batch();
  }

  int row() {
    return row;
  }

  @Override
  public void close() {
    merge.close();
  }
}

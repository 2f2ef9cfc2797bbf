package dev.headwater.columns;

import java.util.Arrays;

/** Some of a batch's rows, chosen one by one: a selection vector that grows. One thread. */
public final class Selection {
  private int[] positions = new int[16];
  private int size;

  /** One row more. */
  public void add(int row) {
    if (size == positions.length) {
      positions = Arrays.copyOf(positions, 2 * size);
    }
    positions[size++] = row;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** The rows, in the order in which they were added. */
  public int[] positions() {
    return Arrays.copyOf(positions, size);
  }

  /**
   * The chosen rows of a batch.
   *
   * @param batch the one that they were chosen from, each once and in its order
   */
  public RowBatch of(RowBatch batch) {
    return size == batch.size() ? batch : batch.gather(positions());
  }
}

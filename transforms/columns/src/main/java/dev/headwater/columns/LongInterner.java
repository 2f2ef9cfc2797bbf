package dev.headwater.columns;

import java.util.Arrays;

/** Distinct longs, each with the number of its first appearance. */
public final class LongInterner {
  private long[] values = new long[16];
  private int[] table = new int[32];
  private int size;

  /** The number of this value; a new one if it is new. */
  public int intern(long value) {
    int mask = table.length - 1;
    int slot = slot(value) & mask;
    while (table[slot] != 0) {
      if (values[table[slot] - 1] == value) {
        return table[slot] - 1;
      }
      slot = (slot + 1) & mask;
    }
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
    table[slot] = size;
    if (2 * size > table.length) {
      grow();
    }
    return size - 1;
  }

  public int size() {
    return size;
  }

  /** The value of this number. */
  public long value(int id) {
    return values[id];
  }

  /** How many bytes of memory all take. */
  public long bytes() {
    return 8L * values.length + 4L * table.length;
  }

  private static int slot(long value) {
    long h = value * 0x9E3779B97F4A7C15L;
    return (int) (h >>> 32);
  }

  private void grow() {
    table = new int[4 * table.length];
    int mask = table.length - 1;
    for (int id = 0; id < size; id++) {
      int slot = slot(values[id]) & mask;
      while (table[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      table[slot] = id + 1;
    }
  }
}

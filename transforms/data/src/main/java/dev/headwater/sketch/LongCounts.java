package dev.headwater.sketch;

import java.util.Arrays;

/** Counts of longs. */
final class LongCounts extends Counts {
  private static final int SMALLEST = 64;

  /** Key and count of each slot, side by side, so that a look-up touches one line of the cache. */
  private long[] table = new long[2 * SMALLEST];

  private int shift = 64 - 6;
  private int size;

  void add(long key, long weight) {
    int mask = (table.length >>> 1) - 1;
    int slot = (int) (key * 0x9E3779B97F4A7C15L >>> shift);
    while (true) {
      long count = table[2 * slot + 1];
      if (count == 0) {
        table[2 * slot] = key;
        table[2 * slot + 1] = weight;
        if (4 * ++size > table.length) {
          grow();
        }
        return;
      }
      if (table[2 * slot] == key) {
        table[2 * slot + 1] = count + weight;
        return;
      }
      slot = (slot + 1) & mask;
    }
  }

  private void grow() {
    long[] old = table;
    table = new long[2 * old.length];
    shift--;
    size = 0;
    for (int i = 0; i < old.length; i += 2) {
      if (old[i + 1] != 0) {
        add(old[i], old[i + 1]);
      }
    }
  }

  long key(int slot) {
    return table[2 * slot];
  }

  /** The values in ascending order. */
  long[] sortedKeys() {
    long[] out = new long[size];
    int n = 0;
    for (int slot = 0; slot < slots(); slot++) {
      if (count(slot) > 0) {
        out[n++] = key(slot);
      }
    }
    Arrays.sort(out);
    return out;
  }

  /** How often this value occurs. */
  long of(long key) {
    int mask = (table.length >>> 1) - 1;
    int slot = (int) (key * 0x9E3779B97F4A7C15L >>> shift);
    while (table[2 * slot + 1] != 0 && table[2 * slot] != key) {
      slot = (slot + 1) & mask;
    }
    return table[2 * slot + 1];
  }

  @Override
  int size() {
    return size;
  }

  @Override
  int slots() {
    return table.length >>> 1;
  }

  @Override
  long count(int slot) {
    return table[2 * slot + 1];
  }

  @Override
  long bytes() {
    return 8L * size;
  }

  @Override
  void addAll(Counts other) {
    LongCounts from = (LongCounts) other;
    for (int slot = 0; slot < from.slots(); slot++) {
      if (from.count(slot) > 0) {
        add(from.key(slot), from.count(slot));
      }
    }
  }

  @Override
  LongCounts above(long threshold) {
    LongCounts out = new LongCounts();
    for (int slot = 0; slot < slots(); slot++) {
      if (count(slot) > threshold) {
        out.add(key(slot), count(slot) - threshold);
      }
    }
    return out;
  }

  @Override
  void clear() {
    Arrays.fill(table, 0);
    size = 0;
  }
}

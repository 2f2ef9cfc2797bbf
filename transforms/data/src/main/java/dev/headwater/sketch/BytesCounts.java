package dev.headwater.sketch;

import dev.headwater.columns.BytesInterner;
import java.util.Arrays;

/** Counts of byte strings. */
final class BytesCounts extends Counts {
  private byte[] data = new byte[256];
  private int[] offsets = new int[17];
  private long[] counts = new long[16];
  private int[] table = new int[32];
  private int size;

  void add(byte[] bytes, int from, int to, long weight) {
    int mask = table.length - 1;
    int slot = BytesInterner.quick(bytes, from, to) & mask;
    while (table[slot] != 0) {
      int id = table[slot] - 1;
      if (Arrays.equals(data, offsets[id], offsets[id + 1], bytes, from, to)) {
        counts[id] += weight;
        return;
      }
      slot = (slot + 1) & mask;
    }
    int end = Math.addExact(offsets[size], to - from);
    if (end > data.length) {
      data = Arrays.copyOf(data, Math.max(end, 2 * data.length));
    }
    if (size == counts.length) {
      offsets = Arrays.copyOf(offsets, 2 * size + 1);
      counts = Arrays.copyOf(counts, 2 * size);
    }
    System.arraycopy(bytes, from, data, offsets[size], to - from);
    counts[size] = weight;
    offsets[++size] = end;
    table[slot] = size;
    if (2 * size > table.length) {
      grow();
    }
  }

  private void grow() {
    table = new int[4 * table.length];
    int mask = table.length - 1;
    for (int id = 0; id < size; id++) {
      int slot = BytesInterner.quick(data, offsets[id], offsets[id + 1]) & mask;
      while (table[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      table[slot] = id + 1;
    }
  }

  byte[] key(int slot) {
    return Arrays.copyOfRange(data, offsets[slot], offsets[slot + 1]);
  }

  /** The values' slots in the order of their bytes, without sign. */
  Integer[] sortedSlots() {
    Integer[] out = new Integer[size];
    for (int i = 0; i < size; i++) {
      out[i] = i;
    }
    Arrays.sort(out, this::compare);
    return out;
  }

  int compare(int a, int b) {
    return Arrays.compareUnsigned(
        data, offsets[a], offsets[a + 1], data, offsets[b], offsets[b + 1]);
  }

  @Override
  int size() {
    return size;
  }

  @Override
  int slots() {
    return size;
  }

  @Override
  long count(int slot) {
    return counts[slot];
  }

  @Override
  long bytes() {
    return offsets[size];
  }

  @Override
  void addAll(Counts other) {
    BytesCounts from = (BytesCounts) other;
    for (int id = 0; id < from.size; id++) {
      add(from.data, from.offsets[id], from.offsets[id + 1], from.counts[id]);
    }
  }

  @Override
  BytesCounts above(long threshold) {
    BytesCounts out = new BytesCounts();
    for (int id = 0; id < size; id++) {
      if (counts[id] > threshold) {
        out.add(data, offsets[id], offsets[id + 1], counts[id] - threshold);
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

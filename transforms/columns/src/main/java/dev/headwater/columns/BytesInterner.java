package dev.headwater.columns;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Distinct byte strings, each with the number of its first appearance. */
public final class BytesInterner {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] data = new byte[256];
  private int[] offsets = new int[17];
  private int[] hashes = new int[16];
  private int[] table = new int[32];
  private int size;

  /** The number of these bytes; a new one if they are new. */
  public int intern(byte[] bytes, int from, int to) {
    int mask = table.length - 1;
    int hash = quick(bytes, from, to);
    int slot = hash & mask;
    while (table[slot] != 0) {
      int id = table[slot] - 1;
      if (hashes[id] == hash
          && Arrays.equals(data, offsets[id], offsets[id + 1], bytes, from, to)) {
        return id;
      }
      slot = (slot + 1) & mask;
    }
    int length = to - from;
    int end = Math.addExact(offsets[size], length);
    if (end > data.length) {
      data = Arrays.copyOf(data, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(end, 2L * end)));
    }
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * size);
      offsets = Arrays.copyOf(offsets, 2 * size + 1);
    }
    hashes[size] = hash;
    System.arraycopy(bytes, from, data, offsets[size], length);
    offsets[++size] = end;
    table[slot] = size;
    if (2 * size > table.length) {
      grow();
    }
    return size - 1;
  }

  /** Whether these bytes have a number. */
  public boolean contains(byte[] bytes, int from, int to) {
    int mask = table.length - 1;
    int hash = quick(bytes, from, to);
    int slot = hash & mask;
    while (table[slot] != 0) {
      int id = table[slot] - 1;
      if (hashes[id] == hash
          && Arrays.equals(data, offsets[id], offsets[id + 1], bytes, from, to)) {
        return true;
      }
      slot = (slot + 1) & mask;
    }
    return false;
  }

  public int size() {
    return size;
  }

  /** About how many bytes of memory all take. */
  public long bytes() {
    return data.length + 4L * (offsets.length + hashes.length + table.length);
  }

  /** The distinct values in the order of their numbers. */
  public BytesColumn values() {
    return BytesColumn.of(
        Arrays.copyOf(data, offsets[size]), Arrays.copyOf(offsets, size + 1), null);
  }

  /** A hash that is the same in every JVM, well mixed in its high and low bits. */
  public static int hash(byte[] bytes, int from, int to) {
    long h = 0x9E3779B97F4A7C15L;
    for (int i = from; i < to; i++) {
      h = (h ^ bytes[i]) * 0x100000001B3L;
    }
    h ^= h >>> 32;
    h *= 0xD6E8FEB86659FD93L;
    h ^= h >>> 32;
    return (int) h;
  }

  /** A hash for tables in memory: eight bytes at a time, and nobody keeps it. */
  public static int quick(byte[] bytes, int from, int to) {
    long h = 0x9E3779B97F4A7C15L + (to - from);
    int at = from;
    for (; at + 8 <= to; at += 8) {
      h = (h ^ (long) LONGS.get(bytes, at)) * 0xD6E8FEB86659FD93L;
      h ^= h >>> 32;
    }
    for (; at < to; at++) {
      h = (h ^ bytes[at]) * 0x100000001B3L;
    }
    h ^= h >>> 32;
    h *= 0xD6E8FEB86659FD93L;
    return (int) (h >>> 32);
  }

  private void grow() {
    table = new int[4 * table.length];
    int mask = table.length - 1;
    for (int id = 0; id < size; id++) {
      int slot = hashes[id] & mask;
      while (table[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      table[slot] = id + 1;
    }
  }
}

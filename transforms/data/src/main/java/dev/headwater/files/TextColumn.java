package dev.headwater.files;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.Utf8;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A column of texts, batch after batch, out of bytes. Texts that repeat are found in a dictionary
 * that the batches share, until it has more than {@value #ENTRIES} entries or {@value #BYTES}
 * bytes: then texts are copied, and the next batch but {@value #REST} tries again. One thread.
 */
final class TextColumn {
  private static final int ENTRIES = 4_096;
  private static final int BYTES = 1 << 17;
  private static final int REST = 64;
  private static final int SPARE = 1 << 24;

  /** With thousands of columns what each has matters. */
  private static final int FEW = 16;

  private byte[] data = new byte[FEW];
  private int[] offsets = new int[FEW + 2];
  private int entries;
  private int[] table = new int[4 * FEW];
  private int[] hashes = new int[FEW];
  private @Nullable BytesColumn dictionary;
  private int untilTrial;

  private int row;
  private int[] codes = new int[64];
  private boolean coded = true;
  private byte[] plain = new byte[0];
  private int[] plainOffsets = new int[1];
  private NullRows nulls = new NullRows();

  /** Begins a batch. */
  void begin() {
    row = 0;
    nulls = new NullRows();
    coded = untilTrial == 0;
    if (coded) {
      codes = new int[64];
    } else {
      untilTrial--;
      plainFrom(1 << 12, 64);
    }
  }

  private void plainFrom(int bytes, int rows) {
    plain = new byte[bytes];
    plainOffsets = new int[rows + 1];
  }

  int size() {
    return row;
  }

  void addNull() {
    nulls.set(row);
    reserve();
    if (!coded) {
      plainOffsets[row + 1] = plainOffsets[row];
    }
    row++;
  }

  private void reserve() {
    if (coded && row == codes.length) {
      codes = Arrays.copyOf(codes, 2 * row);
    } else if (!coded && row + 1 == plainOffsets.length) {
      plainOffsets = Arrays.copyOf(plainOffsets, 2 * row + 2);
    }
  }

  /** Forgets rows from this one on. */
  void cut(int rows) {
    row = rows;
    nulls.cut(rows);
    if (coded) {
      Arrays.fill(codes, rows, codes.length, 0);
    }
  }

  /**
   * Adds a text.
   *
   * @return false, and nothing is added, if it is to be UTF-8 and isn't
   */
  boolean add(byte[] from, int start, int end, boolean utf8) {
    reserve();
    if (coded) {
      int code = code(from, start, end, utf8);
      if (code >= 0) {
        codes[row++] = code;
        return true;
      }
      if (code == NOT_UTF8) {
        return false;
      }
      giveUp();
    }
    if (utf8 && !Utf8.isValid(from, start, end)) {
      return false;
    }
    int at = plainOffsets[row];
    int length = end - start;
    if (at + length > plain.length) {
      long room = (long) at + length;
      long spare = Math.min(room, SPARE);
      plain = Arrays.copyOf(plain, (int) Math.min(Integer.MAX_VALUE - 8, room + spare));
    }
    System.arraycopy(from, start, plain, at, length);
    plainOffsets[++row] = at + length;
    return true;
  }

  private static final int FULL = -1;
  private static final int NOT_UTF8 = -2;

  private int code(byte[] from, int start, int end, boolean utf8) {
    int hash = end - start;
    for (int i = start; i < end; i++) {
      hash = hash * 31 + from[i];
    }
    hash *= 0x9E3779B9;
    int slot = slot(hash);
    while (table[slot] != 0) {
      int id = table[slot] - 1;
      if (same(from, start, end, id)) {
        return id;
      }
      slot = slot + 1 & table.length - 1;
    }
    int length = end - start;
    int at = offsets[entries];
    if (entries == ENTRIES
        || at + length > BYTES
        || row > 256 && entries > row / 2 && entries > 512) {
      return FULL;
    }
    if (utf8 && !Utf8.isValid(from, start, end)) {
      return NOT_UTF8;
    }
    if (at + length > data.length) {
      data = Arrays.copyOf(data, 2 * (at + length));
    }
    if (entries == hashes.length) {
      grow();
      slot = free(hash);
    }
    System.arraycopy(from, start, data, at, length);
    hashes[entries] = hash;
    offsets[++entries] = at + length;
    table[slot] = entries;
    dictionary = null;
    return entries - 1;
  }

  private int slot(int hash) {
    return hash >>> Integer.numberOfLeadingZeros(table.length - 1);
  }

  private int free(int hash) {
    int slot = slot(hash);
    while (table[slot] != 0) {
      slot = slot + 1 & table.length - 1;
    }
    return slot;
  }

  private void grow() {
    int more = 4 * hashes.length;
    hashes = Arrays.copyOf(hashes, more);
    offsets = Arrays.copyOf(offsets, more + 2);
    table = new int[4 * more];
    for (int id = 0; id < entries; id++) {
      table[free(hashes[id])] = id + 1;
    }
  }

  private boolean same(byte[] from, int start, int end, int id) {
    int at = offsets[id];
    int length = end - start;
    if (offsets[id + 1] - at != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (data[at + i] != from[start + i]) {
        return false;
      }
    }
    return true;
  }

  private void giveUp() {
    coded = false;
    untilTrial = REST;
    int bytes = 0;
    for (int i = 0; i < row; i++) {
      bytes += offsets[codes[i] + 1] - offsets[codes[i]];
    }
    plainFrom(2 * bytes + 64, 2 * row + 64);
    for (int i = 0; i < row; i++) {
      int at = plainOffsets[i];
      int length = nulls.get(i) ? 0 : offsets[codes[i] + 1] - offsets[codes[i]];
      System.arraycopy(data, offsets[codes[i]], plain, at, length);
      plainOffsets[i + 1] = at + length;
    }
    entries = 0;
    Arrays.fill(table, 0);
    dictionary = null;
  }

  Column build() {
    if (!coded || entries == 0) {
      int[] all = coded ? new int[row + 1] : Arrays.copyOf(plainOffsets, row + 1);
      return BytesColumn.of(Arrays.copyOf(plain, all[row]), all, nulls.bits(row));
    }
    BytesColumn shared = dictionary;
    if (shared == null) {
      shared =
          BytesColumn.of(
              Arrays.copyOf(data, offsets[entries]), Arrays.copyOf(offsets, entries + 1), null);
      dictionary = shared;
    }
    return DictionaryColumn.of(Arrays.copyOf(codes, row), shared, nulls.bits(row));
  }
}

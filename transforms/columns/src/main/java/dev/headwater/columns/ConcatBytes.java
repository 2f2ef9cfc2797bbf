package dev.headwater.columns;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Columns of strings or bytes as one, with or without dictionaries. */
final class ConcatBytes {
  private ConcatBytes() {}

  static Column concat(List<? extends Column> parts, int size, @Nullable Bits nulls) {
    if (parts.stream().allMatch(DictionaryColumn.class::isInstance)) {
      List<DictionaryColumn> coded = parts.stream().map(DictionaryColumn.class::cast).toList();
      Column out = shared(coded, size, nulls);
      if (out == null) {
        out = merged(coded, size, nulls);
      }
      if (out != null) {
        return out;
      }
    }
    return plain(parts, size, nulls);
  }

  private static @Nullable Column shared(
      List<DictionaryColumn> parts, int size, @Nullable Bits nulls) {
    BytesColumn dictionary = parts.get(0).dictionary();
    for (DictionaryColumn part : parts) {
      if (!part.dictionary().equals(dictionary)) {
        return null;
      }
    }
    int[] codes = new int[size];
    int at = 0;
    for (DictionaryColumn part : parts) {
      System.arraycopy(part.codes(), 0, codes, at, part.size());
      at += part.size();
    }
    return DictionaryColumn.of(codes, dictionary, nulls);
  }

  /** Merges the entries that rows use; Java's null if more than half of the rows differ. */
  private static @Nullable Column merged(
      List<DictionaryColumn> parts, int size, @Nullable Bits nulls) {
    Map<ByteBuffer, Integer> known = new HashMap<>();
    List<BytesColumn> entries = new ArrayList<>();
    int[] codes = new int[size];
    int at = 0;
    for (DictionaryColumn part : parts) {
      Bits used = UsedCodes.of(part);
      int[] renamed = new int[part.dictionary().size()];
      List<Integer> fresh = new ArrayList<>();
      for (int entry : used.positions()) {
        Integer code = known.size();
        Integer before = known.putIfAbsent(key(part.dictionary(), entry), code);
        if (before == null) {
          fresh.add(entry);
        }
        renamed[entry] = before == null ? code : before;
      }
      if (known.size() > Math.max(64, size / 2)) {
        return null;
      }
      entries.add(part.dictionary().gather(fresh.stream().mapToInt(i -> i).toArray()));
      for (int row = 0; row < part.size(); row++) {
        codes[at + row] = part.isNull(row) ? 0 : renamed[part.codes()[row]];
      }
      at += part.size();
    }
    if (known.isEmpty()) {
      return null;
    }
    int n = known.size();
    return DictionaryColumn.of(codes, plain(entries, n, null), nulls);
  }

  private static ByteBuffer key(BytesColumn column, int row) {
    return ByteBuffer.wrap(column.data(), column.offsets()[row], column.length(row));
  }

  private static BytesColumn plain(List<? extends Column> parts, int size, @Nullable Bits nulls) {
    List<BytesColumn> plain =
        parts.stream()
            .map(c -> c instanceof DictionaryColumn d ? d.decode() : (BytesColumn) c)
            .toList();
    int[] offsets = new int[size + 1];
    int row = 0;
    for (BytesColumn part : plain) {
      int base = offsets[row];
      for (int i = 1; i <= part.size(); i++) {
        offsets[row + i] = Math.addExact(base, part.offsets()[i]);
      }
      row += part.size();
    }
    byte[] data = new byte[offsets[size]];
    row = 0;
    for (BytesColumn part : plain) {
      System.arraycopy(part.data(), 0, data, offsets[row], part.offsets()[part.size()]);
      row += part.size();
    }
    return BytesColumn.of(data, offsets, nulls);
  }
}

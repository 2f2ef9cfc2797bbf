package dev.headwater.upsert;

import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Looks which keys a table has. */
public final class HeldKeys {
  private HeldKeys() {}

  /**
   * The rows whose key the table's current snapshot has. Reads the key's columns of all its rows;
   * memory is that of the given rows' keys.
   *
   * @param rows some, with the key's columns
   */
  public static Bits of(Table table, List<String> key, RowBatch rows) throws IOException {
    List<List<@Nullable Object>> keys = keys(rows, key);
    Set<List<@Nullable Object>> wanted = new HashSet<>(keys);
    Set<List<@Nullable Object>> held = new HashSet<>();
    Schema columns = table.schema().select(key);
    for (TableFile file : TableFile.all(table)) {
      file.read(
          table,
          columns,
          (batch, first) -> keys(batch, key).stream().filter(wanted::contains).forEach(held::add));
    }
    long[] words = new long[Bits.words(keys.size())];
    for (int row = 0; row < keys.size(); row++) {
      if (held.contains(keys.get(row))) {
        words[row >>> 6] |= 1L << row;
      }
    }
    return Bits.of(words, keys.size());
  }

  private static List<List<@Nullable Object>> keys(RowBatch rows, List<String> key) {
    List<List<@Nullable Object>> out = new ArrayList<>();
    List<Values> columns = new ArrayList<>();
    for (String name : key) {
      Types.NestedField field = rows.schema().columns().get(rows.index(name));
      columns.add(Values.of(rows.column(name), field.type()));
    }
    for (int row = 0; row < rows.size(); row++) {
      List<@Nullable Object> one = new ArrayList<>();
      for (Values column : columns) {
        Object value = column.at(row);
        // A row may have int where the table has long.
        one.add(value instanceof Integer n ? Long.valueOf(n) : value);
      }
      out.add(one);
    }
    return out;
  }
}

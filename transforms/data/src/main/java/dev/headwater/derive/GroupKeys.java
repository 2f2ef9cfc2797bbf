package dev.headwater.derive;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.Columns;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.sort.KeyCodec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What is equal in a group, as bytes: of each key whether it is null, and its value. */
final class GroupKeys implements Serializable {
  private static final long serialVersionUID = 1;

  private final List<Expression> keys;
  private final Schema parts;
  private final KeyCodec codec;

  GroupKeys(List<Expression> keys) {
    this.keys = new ArrayList<>(keys);
    List<Types.NestedField> fields = new ArrayList<>();
    for (Expression key : keys) {
      int id = fields.size() + 1;
      fields.add(Types.NestedField.required(id, "null" + id, Types.BooleanType.get()));
      fields.add(Types.NestedField.required(id + 1, "key" + id, key.type()));
    }
    this.parts = new Schema(fields);
    List<Type> types = fields.stream().map(Types.NestedField::type).toList();
    this.codec = new KeyCodec(types);
  }

  /** Whether all rows are one group. */
  boolean none() {
    return keys.isEmpty();
  }

  DictionaryColumn of(RowBatch batch) {
    Column[] columns = new Column[2 * keys.size()];
    int[] at = new int[columns.length];
    for (int i = 0; i < columns.length; i += 2) {
      Column key = keys.get(i / 2).evaluate(batch);
      columns[i] = BooleanColumn.of(flags(key.nulls(), batch.size()));
      columns[i + 1] = Columns.withNulls(key, null);
      at[i] = i;
      at[i + 1] = i + 1;
    }
    return codec.encode(RowBatch.of(parts, batch.size(), columns), at);
  }

  /** The keys' own columns. */
  List<Column> decode(DictionaryColumn encoded) {
    List<Column> both = codec.decode(encoded);
    List<Column> out = new ArrayList<>();
    for (int i = 0; i < both.size(); i += 2) {
      boolean[] nulls = ((BooleanColumn) both.get(i)).values();
      out.add(Columns.withNulls(both.get(i + 1), bits(nulls)));
    }
    return out;
  }

  private static boolean[] flags(@Nullable Bits nulls, int size) {
    boolean[] flags = new boolean[size];
    if (nulls != null) {
      for (int row : nulls.positions()) {
        flags[row] = true;
      }
    }
    return flags;
  }

  private static @Nullable Bits bits(boolean[] flags) {
    long[] words = new long[Bits.words(flags.length)];
    for (int i = 0; i < flags.length; i++) {
      words[i >>> 6] |= flags[i] ? 1L << i : 0;
    }
    return Column.nulls(Bits.of(words, flags.length));
  }
}

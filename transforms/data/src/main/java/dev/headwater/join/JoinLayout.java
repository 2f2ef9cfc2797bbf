package dev.headwater.join;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.Micros;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.KeyCodec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of one side of a join lie in its runs: the time in microseconds, then a key for each
 * view (of a view: its own), then the columns that are wanted.
 *
 * @param projection the columns that are read
 * @param time the time column
 * @param keys for each key, its columns
 * @param codecs for each key, how it becomes bytes
 * @param columns the columns that are wanted
 */
record JoinLayout(
    Schema projection,
    String time,
    List<List<String>> keys,
    List<KeyCodec> codecs,
    List<String> columns)
    implements Serializable {
  static final int TIME = 0;
  static final int FIRST_KEY = 1;

  JoinLayout {
    keys = new ArrayList<>(keys.stream().map(ArrayList::new).toList());
    codecs = new ArrayList<>(codecs);
    columns = new ArrayList<>(columns);
  }

  static JoinLayout of(
      Schema schema,
      String time,
      List<List<String>> keys,
      List<String> columns,
      Set<String> alsoRead) {
    Set<String> names = new LinkedHashSet<>(columns);
    names.add(time);
    keys.forEach(names::addAll);
    names.addAll(alsoRead);
    List<KeyCodec> codecs = new ArrayList<>();
    for (List<String> key : keys) {
      codecs.add(new KeyCodec(key.stream().map(schema::findType).toList()));
    }
    return new JoinLayout(schema.select(names), time, keys, codecs, columns);
  }

  /** The type of a column that a join needs. */
  static Type type(String what, Schema schema, @Nullable String column) {
    Type type = column == null ? null : schema.findType(column);
    if (type == null) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot join " + what + ": it has no column " + column + ".",
          "run the stage that writes this table again, or name one of its columns.");
    }
    return type;
  }

  int firstColumn() {
    return FIRST_KEY + keys.size();
  }

  /** The schema of the runs. */
  Schema schema() {
    List<Types.NestedField> fields = new ArrayList<>();
    // Above any id of a column that is read.
    int id = 1 << 30;
    fields.add(Types.NestedField.required(id, "__time", Types.LongType.get()));
    for (int i = 0; i < keys.size(); i++) {
      fields.add(Types.NestedField.optional(++id, "__key" + i, Types.BinaryType.get()));
    }
    columns.forEach(column -> fields.add(projection.findField(column)));
    return new Schema(fields);
  }

  /** The batch as it lies in runs. A row without a time has no keys, and time 0. */
  RowBatch lay(RowBatch batch, Schema schema) {
    Column times = batch.column(time);
    Bits untimed = times.nulls();
    List<Column> out = new ArrayList<>();
    out.add(LongColumn.of(Micros.of(times)));
    for (int i = 0; i < keys.size(); i++) {
      int[] at = keys.get(i).stream().mapToInt(batch::index).toArray();
      DictionaryColumn key = codecs.get(i).encode(batch, at);
      Bits nulls = key.nulls();
      if (untimed != null) {
        key =
            DictionaryColumn.of(
                zeroed(key.codes(), untimed),
                key.dictionary(),
                nulls == null ? untimed : nulls.or(untimed));
      }
      out.add(key);
    }
    columns.forEach(column -> out.add(batch.column(column)));
    return RowBatch.of(schema, batch.size(), out);
  }

  private static int[] zeroed(int[] codes, Bits where) {
    int[] out = codes.clone();
    for (int row : where.positions()) {
      out[row] = 0;
    }
    return out;
  }
}

package dev.headwater.upsert;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Bits;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.SortKey;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * How a stream's rows are told apart, and the form of the log that says where they lie: key, order,
 * place in the stream, path of the data file, position in it, and the key's columns. A removal has
 * no path.
 */
final class KeyLog implements Serializable {
  private static final long serialVersionUID = 1;

  static final int KEY = 0;
  static final int ORDER = 1;
  static final int PLACE = 2;
  static final int PATH = 3;
  static final int ROW = 4;

  /** One row of each key comes last. */
  static final RunOrder SORTED = RunOrder.by(KEY, ORDER, PLACE);

  /** Above any id of a table's column. */
  private static final int FIRST_ID = 1 << 30;

  /** The place in the stream, as a column that travels with a batch. */
  static final Types.NestedField PLACES =
      Types.NestedField.required(FIRST_ID + 100, "__place", Types.LongType.get());

  private final String table;
  private final SortKey key;
  private final @Nullable SortKey order;
  private final Schema schema;
  private final Schema columns;

  /**
   * The log of a table's rows.
   *
   * @param order of rows with one key, the one with the greatest value here stays, and of those the
   *     last one; null: the last one
   * @throws HeadwaterException USAGE if a column is missing or of a type that is no key's
   */
  KeyLog(String table, Schema schema, List<String> key, @Nullable String order) {
    this.table = table;
    this.key = SortKey.of("the key of " + table, schema, key);
    this.order = order == null ? null : SortKey.of("the order of " + table, schema, List.of(order));
    Type orders = this.order == null ? Types.LongType.get() : this.order.type();
    List<Types.NestedField> fields = new ArrayList<>();
    fields.add(Types.NestedField.required(FIRST_ID + KEY, "__key", this.key.type()));
    fields.add(Types.NestedField.required(FIRST_ID + ORDER, "__order", orders));
    fields.add(Types.NestedField.required(FIRST_ID + PLACE, "__place", Types.LongType.get()));
    fields.add(Types.NestedField.required(FIRST_ID + PATH, "__path", Types.StringType.get()));
    fields.add(Types.NestedField.required(FIRST_ID + ROW, "__row", Types.LongType.get()));
    fields.addAll(schema.select(key).columns());
    this.schema = new Schema(fields);
    List<String> read = new ArrayList<>(key);
    if (order != null && !read.contains(order)) {
      read.add(order);
    }
    this.columns = schema.select(read);
  }

  /** The columns that must be read to know a row's key and order. */
  Schema columns() {
    return columns;
  }

  List<String> key() {
    return key.names();
  }

  /** Whether rows have an order of their own, so that an older one may come later. */
  boolean isOrdered() {
    return order != null;
  }

  Column keys(RowBatch batch) {
    return key.of(batch);
  }

  /**
   * Rows of a stream as the log has them.
   *
   * @param path of the data file that has them from position {@code first} on; empty: removals
   * @throws HeadwaterException DATA if a key is null
   */
  RowBatch of(RowBatch batch, Column places, String path, long first) {
    Column keys = key.of(batch);
    Bits nulls = keys.nulls();
    if (nulls != null && nulls.count() > 0) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot upsert into %s: %d of %d rows have a null in their key (%s)."
              .formatted(table, nulls.count(), batch.size(), String.join(", ", key.names())),
          "send such rows to the dead letters before, or choose another key.");
    }
    long[] rows = new long[batch.size()];
    Arrays.setAll(rows, i -> path.isEmpty() ? -1 : first + i);
    return log(batch, keys, places, path, rows);
  }

  /** Rows that a table has, at these positions of a file; none of their keys is null. */
  RowBatch found(RowBatch batch, String path, long[] positions) {
    return log(batch, key.of(batch), LongColumn.of(new long[batch.size()]), path, positions);
  }

  private RowBatch log(RowBatch batch, Column keys, Column places, String path, long[] rows) {
    List<Column> out = new ArrayList<>();
    out.add(keys);
    out.add(order == null ? LongColumn.of(new long[rows.length]) : order.nullsFirst(batch));
    out.add(places);
    out.add(DictionaryColumn.of(new int[rows.length], BytesColumn.ofStrings(path), null));
    out.add(LongColumn.of(rows));
    key.names().forEach(name -> out.add(batch.column(name)));
    return RowBatch.of(schema, rows.length, out);
  }

  /** The data file of a row of the log; empty for a removal. */
  static String path(RowBatch log, int row) {
    Column paths = log.column(PATH);
    return paths instanceof DictionaryColumn coded
        ? coded.dictionary().string(coded.codes()[row])
        : ((BytesColumn) paths).string(row);
  }

  static long position(RowBatch log, int row) {
    return ((LongColumn) log.column(ROW)).values()[row];
  }
}

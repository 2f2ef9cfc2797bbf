package dev.headwater.upsert;

import dev.headwater.sort.SortKey;
import dev.headwater.sort.Spill;
import dev.headwater.table.RowLineage;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What is upserted, and where.
 *
 * @param base the table as it is, whose current snapshot is the one that is changed
 * @param table as it will be: files are written for it
 * @param key the columns whose values tell rows apart
 * @param order of rows with one key, the one with the greatest value here stays, and of those the
 *     last one; null: the last one
 * @param removes whether rows of these keys only go, and none come
 * @param delete true for incoming rows that only remove the one with their key, in SQL; null: none
 */
public record UpsertSpec(
    Table base,
    Table table,
    List<String> key,
    @Nullable String order,
    String sink,
    String run,
    Spill spill,
    int shards,
    boolean removes,
    @Nullable String delete)
    implements Serializable {
  private static final long serialVersionUID = 1;

  static final int KEY = 0;
  static final int ORDER = 1;
  static final int PLACE = 2;
  static final int FIRST_COLUMN = 3;

  /** Runs of incoming rows, and of rows of the table that may have their keys. */
  static final int INCOMING = 0;

  static final int FOUND = 1;
  static final int DROPPED = 2;

  private static final long ROWS_PER_SHARD = 1_000_000;
  private static final long FEW = 200_000;
  private static final int MAX_SHARDS = 1_024;

  /** Rows that take the place of those with the same key, or come new. */
  public static UpsertSpec of(
      Table base,
      Table table,
      List<String> key,
      @Nullable String order,
      String sink,
      String run,
      Spill spill,
      int shards) {
    return new UpsertSpec(base, table, key, order, sink, run, spill, shards, false, null);
  }

  /** With rows that only remove: of them key and order count. */
  public UpsertSpec deleting(@Nullable String where) {
    return new UpsertSpec(base, table, key, order, sink, run, spill, shards, removes, where);
  }

  /** How many shards so many incoming rows are worth: each writes files of its own. */
  public static int shards(long rows, int workers) {
    return rows <= FEW
        ? 1
        : (int) Math.min(MAX_SHARDS, Math.max(workers, rows / ROWS_PER_SHARD + 1));
  }

  public UpsertSpec {
    key = new ArrayList<>(key);
    base = SerializableTable.copyOf(base);
    table = RowLineage.later(table);
  }

  SortKey keyOf() {
    return SortKey.of("the key of " + base.name(), table.schema(), key);
  }

  /** The order of rows with one key. */
  @Nullable SortKey orderOf() {
    return order == null
        ? null
        : SortKey.of("the order of " + base.name(), table.schema(), List.of(order));
  }

  /** The columns that must be read to find rows of the keys. */
  Schema found() {
    List<String> names = new ArrayList<>(key);
    if (order != null && !names.contains(order)) {
      names.add(order);
    }
    return table.schema().select(names);
  }

  /** How incoming rows lie in runs: key, order, place, then the table's columns. */
  Schema incomingRuns() {
    List<Types.NestedField> fields = new ArrayList<>(runs());
    fields.add(Types.NestedField.required(FIRST_ID + PLACE, "__place", Types.LongType.get()));
    fields.addAll(removes ? found().columns() : table.schema().columns());
    return new Schema(fields);
  }

  /** How rows that may have the keys lie in runs: key, order, file, row. */
  Schema foundRuns() {
    List<Types.NestedField> fields = new ArrayList<>(runs());
    fields.add(Types.NestedField.required(FIRST_ID + PLACE, "__file", Types.IntegerType.get()));
    fields.add(Types.NestedField.required(FIRST_ID + FIRST_COLUMN, "__row", Types.LongType.get()));
    return new Schema(fields);
  }

  /** Above any id of a table's column. */
  private static final int FIRST_ID = 1 << 30;

  private List<Types.NestedField> runs() {
    SortKey by = orderOf();
    Type orderType = by == null ? Types.LongType.get() : by.type();
    return List.of(
        Types.NestedField.required(FIRST_ID + KEY, "__key", keyOf().type()),
        Types.NestedField.required(FIRST_ID + ORDER, "__order", orderType));
  }
}

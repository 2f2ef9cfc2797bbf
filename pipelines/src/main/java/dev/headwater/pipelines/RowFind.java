package dev.headwater.pipelines;

import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.Pruning;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one state of a table. Files that statistics exclude are not read; otherwise it takes as
 * long as they are large.
 */
final class RowFind {
  private RowFind() {}

  /**
   * A row.
   *
   * @param values by column, as {@link Values} has them
   * @param added the sequence number of the snapshot that its file came with
   */
  record Row(Map<String, @Nullable Object> values, Schema schema, long added) {
    /** As people and JSON have them. */
    Map<String, @Nullable Object> shown() {
      Map<String, @Nullable Object> shown = new LinkedHashMap<>();
      for (Types.NestedField field : schema.columns()) {
        shown.put(field.name(), TableAnswers.shown(field.type(), values.get(field.name())));
      }
      return shown;
    }
  }

  /**
   * The first rows, and how many there are.
   *
   * @param count all of them
   */
  record Found(List<Row> rows, long count) {
    static final Found NOTHING = new Found(List.of(), 0);

    Found {
      rows = List.copyOf(rows);
    }
  }

  /**
   * Rows with these values for which a condition is true.
   *
   * @param equal values by column; null where there is none
   * @param where over the columns of the snapshot; null: all
   * @param most how many are kept
   */
  static Found in(
      Table table,
      long snapshot,
      Map<String, @Nullable Object> equal,
      @Nullable Expression where,
      int most) {
    Schema schema = TableLook.schema(table, table.snapshot(snapshot));
    Expression pruned = pruned(schema, equal, where);
    TableScan scan = table.newScan().useSnapshot(snapshot);
    List<Row> rows = new ArrayList<>();
    long count = 0;
    try (CloseableIterable<FileScanTask> tasks =
        (pruned == null ? scan : scan.filter(Pruning.of(pruned))).planFiles()) {
      for (FileScanTask task : tasks) {
        Long added = task.file().fileSequenceNumber();
        count +=
            file(table, task, schema, pruned, equal, where, added == null ? 0 : added, rows, most);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Found(rows, count);
  }

  private static long file(
      Table table,
      FileScanTask task,
      Schema schema,
      @Nullable Expression pruned,
      Map<String, @Nullable Object> equal,
      @Nullable Expression where,
      long added,
      List<Row> to,
      int most)
      throws IOException {
    long count = 0;
    SplitGroup group = new SplitGroup(Splits.of(table, List.of(task)));
    try (CloseableIterator<RowBatch> batches =
        group.open(table, schema, pruned == null ? null : Pruning.of(pruned))) {
      while (batches.hasNext()) {
        RowBatch batch = batches.next();
        Bits chosen = where == null ? null : where.select(batch);
        Map<String, Values> values = values(batch);
        for (int row = 0; row < batch.size(); row++) {
          if ((chosen == null || chosen.get(row)) && is(values, equal, row)) {
            count++;
            if (to.size() < most) {
              to.add(new Row(row(values, row), schema, added));
            }
          }
        }
      }
    }
    return count;
  }

  static Map<String, Values> values(RowBatch batch) {
    Map<String, Values> values = new LinkedHashMap<>();
    for (Types.NestedField field : batch.schema().columns()) {
      values.put(field.name(), Values.of(batch.column(field.name()), field.type()));
    }
    return values;
  }

  static Map<String, @Nullable Object> row(Map<String, Values> values, int row) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    values.forEach((column, of) -> out.put(column, of.at(row)));
    return out;
  }

  private static boolean is(
      Map<String, Values> values, Map<String, @Nullable Object> equal, int row) {
    return equal.entrySet().stream()
        .allMatch(
            e -> {
              Values of = values.get(e.getKey());
              return of != null && Objects.deepEquals(of.at(row), e.getValue());
            });
  }

  /** What statistics can be asked for; null: nothing. */
  private static @Nullable Expression pruned(
      Schema schema, Map<String, @Nullable Object> equal, @Nullable Expression where) {
    List<String> parts = new ArrayList<>();
    equal.forEach(
        (column, value) -> {
          Type type = schema.findType(column);
          boolean plain =
              switch (type.typeId()) {
                case STRING, INTEGER, LONG, DATE -> true;
                case TIMESTAMP -> !((Types.TimestampType) type).shouldAdjustToUTC();
                default -> false;
              };
          if (plain && value != null) {
            Object shown = Objects.requireNonNull(TableAnswers.shown(type, value));
            parts.add(WhereRows.quoted(column) + " = " + WhereRows.literal(type, shown.toString()));
          }
        });
    return parts.isEmpty() ? where : Expression.parse(String.join(" and ", parts), schema);
  }
}

package dev.headwater.sketch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What the columns of a table hold, or of the rows that came between two of its snapshots, read
 * from the snapshots' sketches without looking at a row.
 *
 * <p>It is of rows as they were added. A commit that leaves no earlier row begins anew; a row that
 * was deleted or updated one by one is still in it, which {@link #deletions} says; a commit that
 * brought no sketches (another engine's) is named in {@link #missing}.
 *
 * @param from the snapshot after which rows count; null: all rows of the table
 * @param missing snapshots that added rows of which nothing is known, the oldest first
 * @param deletions whether rows are in it that are no longer in the table
 */
public record TableProfile(
    TableSketch sketch,
    Schema schema,
    long snapshot,
    @Nullable Long from,
    List<Long> missing,
    boolean deletions) {
  public TableProfile {
    missing = List.copyOf(missing);
  }

  /** All rows of the table in a snapshot. */
  public static TableProfile of(Table table, long snapshot) {
    return of(table, null, snapshot);
  }

  /**
   * The rows of a snapshot that came after another one, which must be among those before it.
   *
   * @param from null: all rows
   * @throws IllegalArgumentException if one of them is not there
   */
  public static TableProfile of(Table table, @Nullable Long from, long to) {
    Snapshot last = table.snapshot(to);
    if (last == null) {
      throw new IllegalArgumentException("there is no snapshot " + to);
    }
    TableSketch sketch = new TableSketch();
    List<Long> missing = new ArrayList<>();
    Snapshot at = last;
    boolean deletions = false;
    while (at != null && (from == null || at.snapshotId() != from)) {
      Sketches there = Sketches.read(table.io(), table.statisticsFiles(), at.snapshotId());
      boolean own = Before.onlyItsOwn(at);
      if (from == null && there.table() != null && (there.whole() || own)) {
        sketch.merge(there.table());
        break;
      }
      if (there.added() != null) {
        sketch.merge(there.added());
      } else if (!DataOperations.REPLACE.equals(at.operation()) && !Before.addsNothing(at)) {
        missing.add(at.snapshotId());
      }
      deletions |= from != null && !own && deletes(at);
      Long parent = own ? null : at.parentId();
      at = parent == null ? null : table.snapshot(parent);
      if (at == null && from != null && !own) {
        throw new IllegalArgumentException("snapshot " + from + " is not before " + to);
      }
    }
    Collections.reverse(missing);
    boolean more = from == null && missing.isEmpty() && sketch.rows() > live(last);
    Integer id = last.schemaId();
    Schema then = id == null ? null : table.schemas().get(id);
    Schema schema = then == null ? table.schema() : then;
    return new TableProfile(sketch, schema, to, from, missing, deletions || more);
  }

  private static boolean deletes(Snapshot snapshot) {
    return number(snapshot, SnapshotSummary.DELETED_RECORDS_PROP) > 0
            && !DataOperations.REPLACE.equals(snapshot.operation())
        || number(snapshot, SnapshotSummary.ADDED_POS_DELETES_PROP) > 0
        || number(snapshot, SnapshotSummary.ADDED_EQ_DELETES_PROP) > 0;
  }

  /** Rows of data files that no position delete or vector takes out. */
  private static long live(Snapshot snapshot) {
    return number(snapshot, SnapshotSummary.TOTAL_RECORDS_PROP)
        - number(snapshot, SnapshotSummary.TOTAL_POS_DELETES_PROP);
  }

  private static long number(Snapshot snapshot, String key) {
    return Long.parseLong(snapshot.summary().getOrDefault(key, "0"));
  }

  /** How many rows it is of. */
  public long rows() {
    return sketch.rows();
  }

  /**
   * A column, with its most frequent values.
   *
   * @return empty if nothing is known of it: it is nested, or its sketches are turned off
   */
  public Optional<ColumnSummary> column(String name, int top) {
    Types.NestedField field = schema.findField(name);
    ColumnSketch column = field == null ? null : sketch.column(field.fieldId());
    return Optional.ofNullable(column).map(c -> ColumnSummary.of(c, top));
  }
}

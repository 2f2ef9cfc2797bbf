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
    return new TableProfile(sketch, schema(table, last), to, from, missing, deletions || more);
  }

  /**
   * The same rows commit by commit, the oldest first: a profile for each that added rows and
   * brought sketches.
   *
   * @param from null: all rows
   */
  public static List<TableProfile> commits(Table table, @Nullable Long from, long to) {
    List<TableProfile> out = new ArrayList<>();
    Snapshot at = table.snapshot(to);
    while (at != null && (from == null || at.snapshotId() != from)) {
      TableSketch added =
          Sketches.read(table.io(), table.statisticsFiles(), at.snapshotId()).added();
      if (added != null) {
        out.add(
            new TableProfile(
                added, schema(table, at), at.snapshotId(), at.parentId(), List.of(), false));
      }
      Long parent = Before.onlyItsOwn(at) ? null : at.parentId();
      at = parent == null ? null : table.snapshot(parent);
    }
    Collections.reverse(out);
    return out;
  }

  private static Schema schema(Table table, Snapshot snapshot) {
    Integer id = snapshot.schemaId();
    Schema then = id == null ? null : table.schemas().get(id);
    return then == null ? table.schema() : then;
  }

  /**
   * Whether it is of exactly the rows that a scan would find: of all those of its snapshot, or of
   * those that came since {@link #from}.
   */
  public boolean isOfEveryRow(Table table) {
    Snapshot last = table.snapshot(snapshot);
    return missing.isEmpty()
        && !deletions
        && number(last, SnapshotSummary.TOTAL_EQ_DELETES_PROP) == 0
        && (from != null || rows() == live(last));
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
    return sketch(name).map(c -> ColumnSummary.of(c, top));
  }

  /** Its rows in the bins of another profile's column; empty if the column's sketch can't tell. */
  public Optional<Binned> bins(Profile.ColumnProfile by) {
    return sketch(by.name()).flatMap(column -> Binned.of(column, by));
  }

  /**
   * A profile of columns, to compare others with: its bins are cut at the quantiles of the
   * sketches, and named after the values that they know. A column of which too little is known, or
   * whose values are neither numbers nor words, is left out.
   */
  public Profile profile(List<String> names) {
    ProfileBuilder out = ProfileBuilder.of(rows());
    for (String name : names) {
      sketch(name)
          .filter(column -> column.mode() == ColumnSketch.Mode.FULL)
          .ifPresent(column -> Binned.describe(name, column, out));
    }
    return out.build();
  }

  private Optional<ColumnSketch> sketch(String name) {
    Types.NestedField field = schema.findField(name);
    return Optional.ofNullable(field == null ? null : sketch.column(field.fieldId()));
  }
}

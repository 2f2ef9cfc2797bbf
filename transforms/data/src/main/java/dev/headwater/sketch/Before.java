package dev.headwater.sketch;

import dev.headwater.catalog.commit.SummaryKeys;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;

/**
 * What is known of the rows that a snapshot found in its table and left there.
 *
 * @param nothing whether there are none
 * @param whole whether the sketch has seen all of them
 */
record Before(TableSketch sketch, boolean nothing, boolean whole) {
  /** Rows of earlier snapshots that a rewrite brought into new files, as its summary says. */
  private static final String CARRIED = SummaryKeys.FACT + SummaryKeys.ROWS_CARRIED;

  static Before of(FileIO io, TableMetadata table, Snapshot snapshot) {
    if (onlyItsOwn(snapshot)) {
      return new Before(new TableSketch(), true, true);
    }
    boolean whole = true;
    Long parent = snapshot.parentId();
    while (parent != null) {
      Snapshot before = table.snapshot(parent);
      if (before == null) {
        // Expired, and its sketches with it.
        return new Before(new TableSketch(), false, false);
      }
      Sketches there = Sketches.read(io, table.statisticsFiles(), before.snapshotId());
      if (there.table() != null) {
        return new Before(there.table(), false, whole && there.whole());
      }
      // Rewritten files hold the rows of the snapshot before.
      whole &= DataOperations.REPLACE.equals(before.operation()) || addsNothing(before);
      parent = onlyItsOwn(before) ? null : before.parentId();
    }
    return new Before(new TableSketch(), whole, whole);
  }

  /** Whether no row of an earlier snapshot is left. */
  static boolean onlyItsOwn(Snapshot snapshot) {
    String total = snapshot.summary().get(SnapshotSummary.TOTAL_RECORDS_PROP);
    String added = snapshot.summary().getOrDefault(SnapshotSummary.ADDED_RECORDS_PROP, "0");
    boolean carried = !"0".equals(snapshot.summary().getOrDefault(CARRIED, "0"));
    return snapshot.parentId() == null
        || (added.equals(total)
            && !carried
            && !DataOperations.REPLACE.equals(snapshot.operation()));
  }

  static boolean addsNothing(Snapshot snapshot) {
    return "0".equals(snapshot.summary().getOrDefault(SnapshotSummary.ADDED_RECORDS_PROP, "0"));
  }
}

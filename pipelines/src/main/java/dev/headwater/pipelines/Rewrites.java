package dev.headwater.pipelines;

import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Snapshots that have the rows of another: only their files differ. */
final class Rewrites {
  private Rewrites() {}

  /** The snapshot that the newest one's rows came with; null where there is none. */
  static @Nullable Snapshot origin(Table table) {
    Snapshot snapshot = table.currentSnapshot();
    while (snapshot != null) {
      Snapshot before = before(table, snapshot);
      if (before == null) {
        return snapshot;
      }
      snapshot = before;
    }
    return null;
  }

  /** The newest snapshot, if it has the same rows as this one; otherwise this one. */
  static long newest(Table table, long id) {
    Snapshot current = table.currentSnapshot();
    for (Snapshot s = current; s != null; s = before(table, s)) {
      if (s.snapshotId() == id) {
        return current.snapshotId();
      }
    }
    return id;
  }

  private static @Nullable Snapshot before(Table table, Snapshot snapshot) {
    Long parent = snapshot.parentId();
    return parent != null && DataOperations.REPLACE.equals(snapshot.operation())
        ? table.snapshot(parent)
        : null;
  }
}

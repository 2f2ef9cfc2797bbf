package dev.headwater.table;

import dev.headwater.catalog.SnapshotRef;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;

/** What a pinned state of a table looks like. */
public final class Snapshots {
  private Snapshots() {}

  /** The schema the table had in this snapshot. */
  public static Schema schema(Table table, SnapshotRef snapshot) {
    Integer id = table.snapshot(snapshot.snapshotId()).schemaId();
    Schema schema = id == null ? null : table.schemas().get(id);
    return schema == null ? table.schema() : schema;
  }
}

package dev.headwater.catalog;

import java.io.Serializable;
import java.util.UUID;

/** One state of one table for ever: the table's UUID tells a table from a later one of its name. */
public record SnapshotRef(TableRef table, UUID tableUuid, long snapshotId) implements Serializable {
  @Override
  public String toString() {
    return table + "@" + snapshotId;
  }
}

package dev.headwater.catalog.commit;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableRef;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A change that is in its table.
 *
 * @param snapshotId the snapshot that holds it; for a change without rows the current one, null
 *     where the table has none
 * @param already whether it was there before: a run adopted, an attempt repeated
 * @param summary the snapshot's whole summary; for a change without rows the change's own
 */
public record Committed(
    TableRef table,
    UUID tableUuid,
    @Nullable Long snapshotId,
    boolean already,
    Map<String, String> summary)
    implements Serializable {
  public Committed {
    summary = Map.copyOf(summary);
  }

  /** The table as the change left it; empty if it never had a snapshot. */
  public Optional<SnapshotRef> snapshot() {
    return Optional.ofNullable(snapshotId).map(id -> new SnapshotRef(table, tableUuid, id));
  }
}

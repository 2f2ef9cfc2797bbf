package dev.headwater.catalog.commit;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;

/** Names for snapshots that must be kept: a pinned snapshot never expires. */
@SuppressWarnings("DoNotCallSuggester")
public final class Tags {
  public Tags(TableCatalog catalog) {}

  public void pin(SnapshotRef snapshot, String tag) {
    throw new UnsupportedOperationException();
  }

  public void unpin(TableRef table, String tag) {
    throw new UnsupportedOperationException();
  }
}

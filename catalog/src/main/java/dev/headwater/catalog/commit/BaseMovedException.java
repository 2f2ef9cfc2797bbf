package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;

/**
 * A change was computed from a snapshot, and the rows that it depends on have changed since.
 * Nothing was committed. Whoever computed it may do so again, from the newest snapshot and under
 * the same token; trying the same change again is of no use.
 */
public final class BaseMovedException extends HeadwaterException {
  private static final long serialVersionUID = 1;

  BaseMovedException(Change change, Throwable cause) {
    super(
        Kind.REFUSED,
        "Cannot commit %s to table %s: another writer changed the same rows meanwhile (%s)."
            .formatted(change.token().key(), change.table(), cause.getMessage()),
        "Run again, from the table as it is now.",
        cause);
  }

  /** The table's columns have changed. */
  BaseMovedException(TableRef table) {
    super(
        Kind.REFUSED,
        "Cannot give table %s its new columns: somebody else changed them meanwhile."
            .formatted(table),
        "Run again, from the table as it is now.");
  }
}

package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;

/** Tells a disk without space from a fault that passes. */
final class DiskSpace {
  private DiskSpace() {}

  static boolean isMissing(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null
          && (message.contains("No space left on device")
              || message.contains("Disk quota exceeded"))) {
        return true;
      }
    }
    return false;
  }

  static HeadwaterException explain(Change change, Throwable cause) {
    return new HeadwaterException(
        Kind.UNREACHABLE,
        "Cannot commit %s to table %s: no space is left on its disk."
            .formatted(change.token().key(), change.table()),
        "Make space, and run the same again; the table is as it was.",
        cause);
  }
}

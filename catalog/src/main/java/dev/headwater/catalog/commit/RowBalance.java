package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.util.Map;

/** Nothing is lost silently: rows in = rows kept + dead letters + filtered. */
final class RowBalance {
  private RowBalance() {}

  /**
   * Looks at the counts that the summary has; without a count of rows in there is nothing to do.
   */
  static void check(Change change) {
    Map<String, String> summary = change.summary();
    if (!summary.containsKey(SummaryKeys.ROWS_IN)) {
      return;
    }
    long in = count(summary, SummaryKeys.ROWS_IN);
    long kept = count(summary, SummaryKeys.ROWS_KEPT);
    long letters = count(summary, SummaryKeys.ROWS_LETTERS);
    long filtered = count(summary, SummaryKeys.ROWS_FILTERED);
    if (in != kept + letters + filtered) {
      throw new HeadwaterException(
          Kind.FAILED,
          "Cannot commit %s to table %s: %d rows came in, but %d kept + %d letters + %d filtered."
              .formatted(change.token().key(), change.table(), in, kept, letters, filtered),
          "This is a fault of the stage, not of the data; report it.");
    }
  }

  private static long count(Map<String, String> summary, String key) {
    return Long.parseLong(summary.getOrDefault(key, "0"));
  }
}

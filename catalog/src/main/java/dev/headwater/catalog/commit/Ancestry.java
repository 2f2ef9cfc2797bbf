package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableRef;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.apache.iceberg.Snapshot;
import org.jspecify.annotations.Nullable;

/** The snapshots that a table's newest one came from. */
final class Ancestry {
  private Ancestry() {}

  /**
   * The snapshot that a token brought.
   *
   * @throws HeadwaterException FAILED if the token is there with another fingerprint
   */
  static Optional<Snapshot> find(
      @Nullable Snapshot newest,
      LongFunction<@Nullable Snapshot> byId,
      Map<String, String> properties,
      TableRef table,
      Token token) {
    Snapshot snapshot = newest;
    while (snapshot != null) {
      Map<String, String> summary = snapshot.summary();
      if (summary != null && token.key().equals(summary.get(SummaryKeys.TOKEN))) {
        if (!token.fingerprint().equals(summary.get(SummaryKeys.FINGERPRINT))) {
          throw new HeadwaterException(
              Kind.FAILED,
              "Cannot commit %s to table %s: snapshot %d holds it with other inputs."
                  .formatted(token.key(), table, snapshot.snapshotId()),
              "Begin a new run; a run's inputs are pinned and never change.");
        }
        return Optional.of(snapshot);
      }
      snapshot = History.before(snapshot, byId, properties);
    }
    return Optional.empty();
  }
}

package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateProperties;

/**
 * Runs that may commit to a table no more, whatever is still at work for them: who takes a run's
 * place says so in the table itself, and every commit looks there, in the very metadata that it
 * swaps out. So a process that was paused, or cut off, and wakes up brings nothing, whatever its
 * clock says; on any catalog.
 */
public final class Fence {
  /** Begins the properties that name such runs, each with its time. */
  public static final String ENDED = "headwater.ended.";

  /** How many are remembered; ids of runs sort by time. */
  private static final int KEPT = 20;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Fence() {}

  /**
   * When this has returned, nothing of the run comes into the table any more; what came before is
   * there to be found. A table that is not there stays so.
   *
   * @throws HeadwaterException UNREACHABLE if the catalog did not answer for too long
   */
  public static void raise(TableCatalog catalog, TableRef ref, String run) {
    Patience left = new Patience("end run %s of table %s".formatted(run, ref), PATIENCE);
    String key = ENDED + run;
    while (true) {
      try {
        Optional<Table> table = catalog.find(ref);
        if (table.isEmpty() || table.get().properties().containsKey(key)) {
          return;
        }
        UpdateProperties update = table.get().updateProperties().set(key, Instant.now().toString());
        superfluous(table.get().properties()).forEach(update::remove);
        update.commit();
      } catch (HeadwaterException e) {
        if (e.kind() != Kind.UNREACHABLE) {
          throw e;
        }
        left.pause(e);
      } catch (RuntimeException e) {
        left.pause(e);
      }
    }
  }

  private static List<String> superfluous(Map<String, String> properties) {
    List<String> all =
        properties.keySet().stream().filter(k -> k.startsWith(ENDED)).sorted().toList();
    return all.subList(0, Math.max(0, all.size() - KEPT + 1));
  }

  /** Refuses a change of a run that was ended. */
  static void check(Map<String, String> properties, Change change) {
    String since = properties.get(ENDED + change.token().run());
    if (since != null) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot commit %s to table %s: the run was ended at %s, and another may have its place."
              .formatted(change.token().key(), change.table(), since),
          "Nothing is lost: run again, and what is missing is done.");
    }
  }
}

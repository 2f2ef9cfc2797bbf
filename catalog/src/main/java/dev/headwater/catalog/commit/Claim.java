package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;

/**
 * Whose a table is: the first repository that commits to it is said in the table's properties, in
 * the same step, and commits of another are refused at the swap, on any catalog. What no repository
 * is known of is let through.
 */
public final class Claim {
  /** Which repository it is, in the table's properties and in the summary of each commit. */
  public static final String REPOSITORY = "headwater.repository";

  /** Who that was, for people. */
  public static final String WRITER = "headwater.writer";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Claim() {}

  /** The repository that a table belongs to; empty where nobody has said. */
  public static Optional<String> of(Table table) {
    return Optional.ofNullable(table.properties().get(REPOSITORY));
  }

  /**
   * Gives a table to another repository, whoever had it; the same again changes nothing.
   *
   * @param claim both keys with their values
   * @throws HeadwaterException UNREACHABLE if the catalog did not answer for too long
   */
  public static void take(TableCatalog catalog, TableRef ref, Map<String, String> claim) {
    Patience left = new Patience("claim table " + ref, PATIENCE);
    while (true) {
      try {
        Table table = catalog.load(ref);
        if (table.properties().entrySet().containsAll(claim.entrySet())) {
          return;
        }
        var update = table.updateProperties();
        claim.forEach(update::set);
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

  /** Refuses a change of another repository. */
  static void check(Map<String, String> properties, Change change) {
    String whose = properties.get(REPOSITORY);
    String by = change.summary().get(REPOSITORY);
    if (whose != null && by != null && !whose.equals(by)) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot commit %s of %s to table %s: it belongs to %s, which was there first."
              .formatted(change.token().key(), by, change.table(), whose),
          "Choose another name for the project, or claim its tables: headwater plan --claim.");
    }
  }

  /** The metadata with the claim of a change, where there is none yet. */
  static TableMetadata made(TableMetadata metadata, Change change) {
    if (metadata.properties().containsKey(REPOSITORY)
        || !change.summary().containsKey(REPOSITORY)) {
      return metadata;
    }
    Map<String, String> claim = new HashMap<>(change.summary());
    claim.keySet().retainAll(Set.of(REPOSITORY, WRITER));
    return TableMetadata.buildFrom(metadata).setProperties(claim).build();
  }
}

package dev.headwater.catalog.maintain;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;

/**
 * Forgets old snapshots, and then deletes the files that only they had. Nothing is deleted before
 * the table was seen without the snapshots, whatever the catalog answered to the swap; what a kill
 * leaves are orphans.
 */
public final class Expiry {
  private final TableCatalog catalog;
  private final Duration patience;

  public Expiry(TableCatalog catalog) {
    this(catalog, Duration.ofMinutes(2));
  }

  /**
   * @param patience how long to go on after failures
   */
  public Expiry(TableCatalog catalog, Duration patience) {
    this.catalog = catalog;
    this.patience = patience;
  }

  /**
   * What came of it.
   *
   * @param snapshots the expired ones, the oldest first
   * @param kept why each of the others is kept
   * @param files what is deleted, by kind: {@code data}, {@code deletes}, {@code manifests}, {@code
   *     manifest lists}, {@code statistics}
   * @param left files that could not be deleted; they are orphans now
   */
  public record Expired(
      List<Snapshot> snapshots,
      Map<Long, String> kept,
      Map<String, Integer> files,
      List<String> left) {}

  /** What would come of it now; changes nothing. */
  public Expired plan(TableRef ref, ExpiryRule rule) {
    Table table = catalog.load(ref);
    ExpiryRule.Sorted sorted = rule.sort(table);
    TableMetadata now = operations(table).current();
    Garbage garbage = Garbage.of(table.io(), now, now, sorted.expired());
    return new Expired(sorted.expired(), sorted.kept(), garbage.counts(), List.of());
  }

  /**
   * Expires what the rule lets go.
   *
   * @throws HeadwaterException UNREACHABLE if the catalog did not answer for too long: then the
   *     snapshots may be gone, and their files are orphans
   */
  public Expired expire(TableRef ref, ExpiryRule rule) {
    Patience left = new Patience("expire snapshots of table " + ref, patience);
    Map<Long, Snapshot> tried = new TreeMap<>();
    TableMetadata before = null;
    while (true) {
      RuntimeException failure;
      try {
        Table table = catalog.load(ref);
        TableOperations operations = operations(table);
        TableMetadata now = operations.current();
        ExpiryRule.Sorted sorted = rule.sort(table);
        if (sorted.expired().isEmpty()) {
          return clean(table, now, before == null ? now : before, tried, sorted.kept());
        }
        before = before == null ? now : before;
        sorted.expired().forEach(snapshot -> tried.put(snapshot.snapshotId(), snapshot));
        operations.commit(now, without(table, now, ids(sorted.expired())));
        continue;
      } catch (HeadwaterException e) {
        if (e.kind() != Kind.UNREACHABLE) {
          throw e;
        }
        failure = e;
      } catch (RuntimeException e) {
        failure = e;
      }
      left.pause(failure);
    }
  }

  /** Only what was tried and is seen to be gone; what others expired is theirs to clean. */
  private static Expired clean(
      Table table,
      TableMetadata now,
      TableMetadata before,
      Map<Long, Snapshot> tried,
      Map<Long, String> kept) {
    List<Snapshot> gone =
        tried.values().stream()
            .filter(snapshot -> now.snapshot(snapshot.snapshotId()) == null)
            .sorted((a, b) -> Long.compare(a.timestampMillis(), b.timestampMillis()))
            .toList();
    Garbage garbage = Garbage.of(table.io(), before, now, gone);
    return new Expired(gone, kept, garbage.counts(), garbage.delete(table.io()));
  }

  private static TableMetadata without(Table table, TableMetadata now, Set<Long> ids) {
    String kept = kept(History.of(table), ids);
    TableMetadata.Builder next = TableMetadata.buildFrom(now).removeSnapshots(ids);
    if (!kept.equals(now.properties().getOrDefault(History.KEPT, ""))) {
      next.setProperties(Map.of(History.KEPT, kept));
    }
    return next.build();
  }

  /** The ids behind the first gap that there will be in the history. */
  private static String kept(List<Snapshot> history, Set<Long> gone) {
    List<String> kept = new ArrayList<>();
    Long expected = null;
    for (Snapshot snapshot : history) {
      if (gone.contains(snapshot.snapshotId())) {
        continue;
      }
      if (!kept.isEmpty() || (expected != null && expected != snapshot.snapshotId())) {
        kept.add(Long.toString(snapshot.snapshotId()));
      }
      expected = snapshot.parentId();
    }
    return String.join(",", kept);
  }

  private static Set<Long> ids(List<Snapshot> snapshots) {
    Set<Long> ids = new HashSet<>();
    snapshots.forEach(snapshot -> ids.add(snapshot.snapshotId()));
    return ids;
  }

  private static TableOperations operations(Table table) {
    return ((HasTableOperations) table).operations();
  }
}

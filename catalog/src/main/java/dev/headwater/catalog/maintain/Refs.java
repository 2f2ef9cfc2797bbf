package dev.headwater.catalog.maintain;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.Patience;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;

/** Branches, and the way back of the main one. Each is done once, whatever the catalog answers. */
public final class Refs {
  private final TableCatalog catalog;
  private final Duration patience;

  public Refs(TableCatalog catalog) {
    this(catalog, Duration.ofMinutes(2));
  }

  /**
   * @param patience how long to go on after failures
   */
  public Refs(TableCatalog catalog, Duration patience) {
    this.catalog = catalog;
    this.patience = patience;
  }

  /**
   * Makes a branch at a snapshot. The same again changes nothing.
   *
   * @throws HeadwaterException REFUSED if the name is at another snapshot
   */
  public void branch(TableRef ref, String name, long snapshot) {
    until(
        "make branch %s of table %s".formatted(name, ref),
        ref,
        now -> {
          SnapshotRef there = now.ref(name);
          if (there == null) {
            return Optional.of(
                TableMetadata.buildFrom(now)
                    .setRef(name, SnapshotRef.branchBuilder(snapshot).build())
                    .build());
          }
          if (there.isTag() || there.snapshotId() != snapshot) {
            throw new HeadwaterException(
                Kind.REFUSED,
                "Cannot make branch %s of table %s: that name is at snapshot %d."
                    .formatted(name, ref, there.snapshotId()),
                "Choose another name, or remove it first.");
          }
          return Optional.empty();
        });
  }

  /** Takes a tag or a branch away, if it is there; its snapshots may expire then. */
  public void remove(TableRef ref, String name) {
    if (name.equals(SnapshotRef.MAIN_BRANCH)) {
      throw new IllegalArgumentException("the main branch is the table");
    }
    until(
        "remove %s of table %s".formatted(name, ref),
        ref,
        now ->
            now.ref(name) == null
                ? Optional.empty()
                : Optional.of(TableMetadata.buildFrom(now).removeRef(name).build()));
  }

  /**
   * Makes an older snapshot the current one. Nothing is deleted, but tokens of the snapshots that
   * leave the history are forgotten: what brought them may be committed again.
   *
   * @param seen the snapshot that must still be current
   * @throws HeadwaterException REFUSED if another change came first
   */
  public void rollback(TableRef ref, long seen, long to) {
    until(
        "roll back table " + ref,
        ref,
        now -> {
          Snapshot current = now.currentSnapshot();
          if (current != null && current.snapshotId() == seen) {
            return Optional.of(
                TableMetadata.buildFrom(now)
                    .setBranchSnapshot(to, SnapshotRef.MAIN_BRANCH)
                    .build());
          }
          List<Long> history =
              History.of(current, now::snapshot, now.properties()).stream()
                  .map(Snapshot::snapshotId)
                  .toList();
          if (history.contains(to) && !history.contains(seen)) {
            return Optional.empty();
          }
          throw new HeadwaterException(
              Kind.REFUSED,
              "Cannot roll back table %s: it moved on from snapshot %d meanwhile."
                  .formatted(ref, seen),
              "Look at its history, and run it again.");
        });
  }

  private void until(
      String doing, TableRef ref, Function<TableMetadata, Optional<TableMetadata>> next) {
    Patience left = new Patience(doing, patience);
    while (true) {
      RuntimeException failure;
      try {
        Table table = catalog.load(ref);
        TableOperations operations = ((HasTableOperations) table).operations();
        TableMetadata now = operations.current();
        Optional<TableMetadata> change = next.apply(now);
        if (change.isEmpty()) {
          return;
        }
        operations.commit(now, change.get());
        continue;
      } catch (HeadwaterException e) {
        if (e.kind() != Kind.UNREACHABLE) {
          throw e;
        }
        failure = e;
      } catch (IllegalArgumentException e) {
        throw new HeadwaterException(
            Kind.USAGE, "Cannot %s: %s.".formatted(doing, e.getMessage()), "See its history.", e);
      } catch (RuntimeException e) {
        failure = e;
      }
      left.pause(failure);
    }
  }
}

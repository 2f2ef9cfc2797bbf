package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Names for snapshots that must be kept: a pinned snapshot never expires. */
public final class Tags {
  private final TableCatalog catalog;
  private final Duration patience;

  public Tags(TableCatalog catalog) {
    this(catalog, Duration.ofMinutes(2));
  }

  public Tags(TableCatalog catalog, Duration patience) {
    this.catalog = catalog;
    this.patience = patience;
  }

  /**
   * Tags a snapshot for ever. The same again changes nothing.
   *
   * @throws HeadwaterException REFUSED if the tag is at another snapshot; FAILED if the snapshot is
   *     gone; UNREACHABLE if the catalog did not answer for too long
   */
  public void pin(SnapshotRef snapshot, String tag) {
    until(
        "pin %s as %s".formatted(snapshot, tag),
        snapshot.table(),
        table -> {
          checkThere(snapshot, table);
          var ref = table.refs().get(tag);
          if (ref == null) {
            table
                .manageSnapshots()
                .createTag(tag, snapshot.snapshotId())
                .setMaxRefAgeMs(tag, Long.MAX_VALUE)
                .commit();
            return false;
          }
          if (!ref.isTag() || ref.snapshotId() != snapshot.snapshotId()) {
            throw new HeadwaterException(
                Kind.REFUSED,
                "Cannot pin %s as %s: that name is at snapshot %d."
                    .formatted(snapshot, tag, ref.snapshotId()),
                "Choose another name; a pin never moves.");
          }
          if (!Objects.equals(ref.maxRefAgeMs(), Long.MAX_VALUE)) {
            table.manageSnapshots().setMaxRefAgeMs(tag, Long.MAX_VALUE).commit();
            return false;
          }
          return true;
        });
  }

  /** Takes a tag away, if it is there; its snapshot may expire then. */
  public void unpin(TableRef ref, String tag) {
    until(
        "unpin %s of table %s".formatted(tag, ref),
        ref,
        table -> {
          if (!table.refs().containsKey(tag)) {
            return true;
          }
          table.manageSnapshots().removeTag(tag).commit();
          return false;
        });
  }

  private static void checkThere(SnapshotRef snapshot, Table table) {
    boolean same = table.uuid().equals(snapshot.tableUuid());
    if (!same || table.snapshot(snapshot.snapshotId()) == null) {
      throw new HeadwaterException(
          Kind.FAILED,
          "Cannot pin %s: %s."
              .formatted(
                  snapshot,
                  same
                      ? "the table has no such snapshot any more"
                      : "the table is another one of the same name"),
          "Run the stage again, and pin what it writes.");
    }
  }

  /** Repeats until the table says that it is done: a commit's own answer may be lost. */
  private void until(String doing, TableRef ref, Predicate<Table> done) {
    Patience left = new Patience(doing, patience);
    @Nullable RuntimeException refusal = null;
    while (true) {
      RuntimeException failure;
      try {
        if (done.test(catalog.load(ref))) {
          return;
        }
        continue;
      } catch (HeadwaterException e) {
        if (e.kind() != Kind.UNREACHABLE) {
          throw e;
        }
        failure = e;
      } catch (IllegalArgumentException e) {
        // Another made or removed the tag in between, or the name is refused: look once more.
        if (refusal != null) {
          throw e;
        }
        refusal = e;
        continue;
      } catch (RuntimeException e) {
        failure = e;
      }
      left.pause(failure);
    }
  }
}

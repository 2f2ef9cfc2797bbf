package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.Hopeless;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Brings every change to its table exactly once, whatever fails: a change is known by its token,
 * which is looked for in the table's history before every attempt and again at the swap. A failure
 * is never taken for "not done": the table is asked. Nothing is deleted that might be in use.
 *
 * <p>It holds as long as the snapshot with the token is in the history of the main branch ({@link
 * History}): not after a rollback to an older snapshot, nor after the snapshot's expiry by others.
 * Headwater's own expiry keeps the newest of each sink.
 */
public final class Committer {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final TableCatalog catalog;
  private final FileCheck check;
  private final Duration patience;

  /** Makes a change of the table as it is now. */
  @FunctionalInterface
  public interface Update {
    /** Not yet committed; the committer adds the token. */
    SnapshotUpdate<?> on(Table table);

    /** Whether {@link #on} may give another update, which is not refused as this one was. */
    default boolean again(RuntimeException refusal) {
      return false;
    }
  }

  /** Checks that each file is there and as long as its metadata says; tries for two minutes. */
  public Committer(TableCatalog catalog) {
    this(catalog, FileCheck.LENGTH, PATIENCE);
  }

  /** With a check of the files' content too. */
  public Committer(TableCatalog catalog, FileCheck check) {
    this(catalog, FileCheck.LENGTH.and(check), PATIENCE);
  }

  /**
   * @param patience how long to go on after failures; then nobody knows whether it is done, and the
   *     same commit can be tried again at any time
   */
  public Committer(TableCatalog catalog, FileCheck check, Duration patience) {
    this.catalog = catalog;
    this.check = check;
    this.patience = patience;
  }

  /**
   * Commits, unless that was done before. What would leave the rows as they are commits nothing: an
   * append without files, an overwrite without files where no file may match; but what names
   * letters, or rows of other tables, that are to follow is committed in any case.
   *
   * @throws BaseMovedException if the rows that the change was computed from have changed since
   * @throws HeadwaterException FAILED if a file is not as it was written, if the rows don't add up
   *     or if the same run comes with other inputs; REFUSED if the table moved on from what is to
   *     be replaced, or if a file's rows match an overwrite only partly; UNREACHABLE if the catalog
   *     did not answer for too long
   */
  public Committed commit(Change change) {
    return commit(change, null, null);
  }

  /**
   * As {@link #commit(Change)}, for a change that is more than its files: another kind of Iceberg's
   * updates, made anew from the table as it is at each attempt. It is committed even without files.
   */
  public Committed commit(Change change, @Nullable Update how) {
    return commit(change, how, null);
  }

  /**
   * As {@link #commit(Change)}, with statistics of the new snapshot in the same step.
   *
   * @param statistics writes them; null for none
   */
  public Committed commit(Change change, @Nullable SnapshotStatistics statistics) {
    return commit(change, null, statistics);
  }

  /** Both. */
  public Committed commit(
      Change change, @Nullable Update how, @Nullable SnapshotStatistics statistics) {
    RowBalance.check(change);
    Patience left =
        new Patience(
            "commit %s to table %s".formatted(change.token().key(), change.table()), patience);
    Set<Long> tried = new HashSet<>();
    boolean checked = false;
    RuntimeException refusal = null;
    while (true) {
      RuntimeException failure;
      Table now = null;
      try {
        Table table = catalog.load(change.table());
        now = table;
        Optional<Committed> there = find(change.table(), table, change.token());
        if (there.isPresent()) {
          return seen(there.get(), tried);
        }
        if (refusal != null) {
          throw refusal;
        }
        if (how == null && Edits.nothing(change, table)) {
          Snapshot current = table.currentSnapshot();
          Long id = current == null ? null : current.snapshotId();
          return new Committed(change.table(), table.uuid(), id, false, change.summary());
        }
        RightOfWay.check(table.properties(), change.table(), change.token().run());
        if (!checked) {
          change.files().forEach(file -> check.check(table.io(), file));
          checked = true;
        }
        Committed done = attempt(change, how, statistics, table, tried);
        if (done != null) {
          return done;
        }
        continue;
      } catch (RightOfWay.Waiting e) {
        failure = waited(change);
        if (failure == null) {
          continue;
        }
      } catch (HeadwaterException e) {
        if (e.kind() != Kind.UNREACHABLE) {
          throw e;
        }
        failure = e;
      } catch (RuntimeException e) {
        if (e == refusal && now != null) {
          throw told(change, now, e);
        }
        if (how != null && how.again(e)) {
          left.pauseAnyhow(e);
          continue;
        }
        if (now != null && (Hopeless.is(e) || DiskSpace.isMissing(e))) {
          // Trying again won't help; still, only the table knows that it wasn't done.
          refusal = e;
          continue;
        }
        failure = e;
      }
      left.pause(failure);
    }
  }

  /** After who has the right of way; what kept the table from being asked. */
  private @Nullable RuntimeException waited(Change change) {
    try {
      RightOfWay.await(catalog, change.table(), change.token().run());
      return null;
    } catch (HeadwaterException e) {
      if (e.kind() != Kind.UNREACHABLE) {
        throw e;
      }
      return e;
    } catch (RuntimeException e) {
      return e;
    }
  }

  private static HeadwaterException told(Change change, Table now, RuntimeException refusal) {
    return DiskSpace.isMissing(refusal)
        ? DiskSpace.explain(change, refusal)
        : Edits.refused(change, now, refusal);
  }

  /** The commit of a token, if it is in the history of the table's main branch. */
  public static Optional<Committed> find(TableRef ref, Table table, Token token) {
    return Ancestry.find(table.currentSnapshot(), table::snapshot, table.properties(), ref, token)
        .map(s -> new Committed(ref, table.uuid(), s.snapshotId(), true, s.summary()));
  }

  /** One try at the swap; null if the table must be asked how it went. */
  private static @Nullable Committed attempt(
      Change change,
      @Nullable Update how,
      @Nullable SnapshotStatistics statistics,
      Table table,
      Set<Long> tried) {
    GuardedOperations guard =
        new GuardedOperations(((HasTableOperations) table).operations(), change, statistics);
    try {
      Table guarded = new BaseTable(guard, table.name());
      SnapshotUpdate<?> update = how == null ? Edits.update(change, guarded) : how.on(guarded);
      // Iceberg tidies up after a conflict; nothing is certain before the swap has landed.
      update.deleteWith(
          path -> {
            if (guard.landed() != null) {
              guard.io().deleteFile(path);
            }
          });
      change.summary().forEach(update::set);
      update.set(SummaryKeys.TOKEN, change.token().key());
      update.set(SummaryKeys.FINGERPRINT, change.token().fingerprint());
      update.commit();
    } catch (GuardedOperations.Present e) {
      return null;
    } finally {
      tried.addAll(guard.tried());
    }
    Snapshot landed = guard.landed();
    if (landed == null) {
      throw new CommitFailedException("Nothing was committed to %s", change.table());
    }
    return new Committed(
        change.table(), table.uuid(), landed.snapshotId(), false, landed.summary());
  }

  private static Committed seen(Committed there, Set<Long> tried) {
    boolean ours = there.snapshotId() != null && tried.contains(there.snapshotId());
    return new Committed(
        there.table(), there.tableUuid(), there.snapshotId(), !ours, there.summary());
  }
}

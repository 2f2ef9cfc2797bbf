package dev.headwater.catalog.commit;

import dev.headwater.catalog.ForwardingOperations;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.jspecify.annotations.Nullable;

/**
 * A table's operations for one change: at the swap they look once more, in the very metadata that
 * is swapped out, whether the change is there already. They show the table in the change's shape,
 * so that shape and files come in one step.
 */
final class GuardedOperations implements ForwardingOperations {
  /** The change's token is in the base: another attempt was faster. */
  static final class Present extends RuntimeException {
    private static final long serialVersionUID = 1;

    Present(Token token) {
      super("the table holds " + token.key() + " already");
    }
  }

  private final TableOperations operations;
  private final Change change;
  private final @Nullable SnapshotStatistics statistics;
  private final Set<Long> tried = new HashSet<>();
  private final List<String> statisticsFiles = new ArrayList<>();
  private @Nullable TableMetadata actual;
  private @Nullable TableMetadata shown;
  private @Nullable Snapshot landed;

  GuardedOperations(
      TableOperations operations, Change change, @Nullable SnapshotStatistics statistics) {
    this.operations = operations;
    this.change = change;
    this.statistics = statistics;
  }

  /** The snapshots that were given to the catalog, whatever it answered. */
  Set<Long> tried() {
    return tried;
  }

  /** The snapshot that is in the table for certain; null while that is not known. */
  @Nullable Snapshot landed() {
    return landed;
  }

  @Override
  public TableOperations operations() {
    return operations;
  }

  @Override
  public TableMetadata current() {
    return show(operations.current());
  }

  @Override
  public TableMetadata refresh() {
    return show(operations.refresh());
  }

  private TableMetadata show(TableMetadata now) {
    TableMetadata view = shown;
    if (view == null || now != actual) {
      Shape shape = change.shape();
      view = shape == null ? now : shape.of(change.table(), now);
      actual = now;
      shown = view;
    }
    return view;
  }

  @Override
  public void commit(@Nullable TableMetadata base, TableMetadata metadata) {
    TableMetadata real = actual;
    if (base != shown || real == null) {
      throw new CommitFailedException("Cannot commit: the base is not the newest that was seen");
    }
    Snapshot current = real.currentSnapshot();
    if (Ancestry.find(current, real::snapshot, real.properties(), change.table(), change.token())
        .isPresent()) {
      throw new Present(change.token());
    }
    Fence.check(real.properties(), change);
    Claim.check(real.properties(), change);
    RightOfWay.check(real.properties(), change.table(), change.token().run());
    Long replaces = change.replaces();
    if (replaces != null && (current == null || current.snapshotId() != replaces)) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot replace table %s at snapshot %s: another change came first (now %s)."
              .formatted(change.table(), replaces, current == null ? "none" : current.snapshotId()),
          "Run again, from the table as it is now.");
    }
    BaseCheck upon = change.base();
    if (upon != null) {
      upon.check(History.of(current, real::snapshot, real.properties()));
    }
    Edits.checkNoNewDeletes(change, real, new BaseTable(operations, change.table().name()));
    Snapshot next = Objects.requireNonNull(metadata.currentSnapshot());
    tried.add(next.snapshotId());
    StatisticsFile file = writeStatistics(metadata, next);
    TableMetadata whole =
        file == null ? metadata : TableMetadata.buildFrom(metadata).setStatistics(file).build();
    try {
      operations.commit(real, Claim.made(whole, change));
    } catch (CommitFailedException
        | CommitStateUnknownException
        | BadRequestException
        | ForbiddenException
        | NotAuthorizedException
        | HeadwaterException e) {
      throw e;
    } catch (RuntimeException e) {
      // Unknown, whatever it is: then nobody deletes anything.
      throw new CommitStateUnknownException(e);
    }
    landed = next;
    tidy(file);
  }

  private @Nullable StatisticsFile writeStatistics(TableMetadata metadata, Snapshot next) {
    if (statistics == null) {
      return null;
    }
    String name = next.snapshotId() + "-" + UUID.randomUUID() + ".stats";
    StatisticsFile file = statistics.write(io(), metadataFileLocation(name), metadata, next);
    if (file != null) {
      statisticsFiles.add(file.path());
    }
    return file;
  }

  /** Earlier tries had another snapshot before them, and so other statistics. */
  private void tidy(@Nullable StatisticsFile kept) {
    List<String> others = new ArrayList<>(statisticsFiles);
    if (kept != null) {
      others.remove(kept.path());
    }
    try {
      others.forEach(io()::deleteFile);
    } catch (RuntimeException e) {
      // They are orphans then; the change is in the table all the same.
      return;
    }
  }
}

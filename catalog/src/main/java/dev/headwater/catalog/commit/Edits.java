package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.Hopeless;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.ReplacePartitions;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotChanges;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.iceberg.util.DataFileSet;
import org.apache.iceberg.util.DeleteFileSet;
import org.apache.iceberg.util.StructLikeWrapper;

/** Edits as Iceberg's operations. */
final class Edits {
  private Edits() {}

  static SnapshotUpdate<?> update(Change change, Table table) {
    Edit edit = change.edit();
    if (edit instanceof Edit.Overwrite overwrite) {
      return overwrite(change, overwrite, table.newOverwrite());
    }
    if (edit instanceof Edit.OverwritePartitions overwrite) {
      return partitions(change, overwrite, table.newReplacePartitions());
    }
    if (edit instanceof Edit.Rewrite rewrite) {
      return rewrite(change, rewrite, table.newOverwrite());
    }
    var append = table.newAppend();
    change.files().forEach(append::appendFile);
    return append;
  }

  private static OverwriteFiles overwrite(
      Change change, Edit.Overwrite edit, OverwriteFiles update) {
    update.overwriteByRowFilter(edit.where());
    change.files().forEach(update::addFile);
    if (edit.checked()) {
      from(edit, update).validateNoConflictingData().validateNoConflictingDeletes();
    }
    return update;
  }

  private static ReplacePartitions partitions(
      Change change, Edit.OverwritePartitions edit, ReplacePartitions update) {
    change.files().forEach(update::addFile);
    if (edit.checked()) {
      Long base = edit.base();
      if (base != null) {
        update.validateFromSnapshot(base);
      }
      update.validateNoConflictingData();
      update.validateNoConflictingDeletes();
    }
    return update;
  }

  private static OverwriteFiles rewrite(Change change, Edit.Rewrite edit, OverwriteFiles update) {
    update.deleteFiles(DataFileSet.of(edit.removed()), DeleteFileSet.of(edit.deletes()));
    change.files().forEach(update::addFile);
    from(edit, update).validateNoConflictingDeletes();
    if (edit.reads().op() != Expression.Operation.FALSE) {
      update.conflictDetectionFilter(edit.reads()).validateNoConflictingData();
    }
    return update;
  }

  private static OverwriteFiles from(Edit edit, OverwriteFiles update) {
    Long base = edit.base();
    return base == null ? update : update.validateFromSnapshot(base);
  }

  /**
   * Iceberg looks at new delete files through the filter of the rows that were read, but a
   * rewritten file carries other rows too, and a delete of one of those must not be lost.
   *
   * @throws ValidationException if a delete file that may be about a file that goes came since the
   *     base of a rewrite
   */
  static void checkNoNewDeletes(Change change, TableMetadata now, Table table) {
    if (!(change.edit() instanceof Edit.Rewrite rewrite) || rewrite.removed().isEmpty()) {
      return;
    }
    Snapshot snapshot = now.currentSnapshot();
    while (snapshot != null && !Objects.equals(snapshot.snapshotId(), rewrite.base())) {
      String added = snapshot.summary().getOrDefault(SnapshotSummary.ADDED_DELETE_FILES_PROP, "0");
      if (!added.equals("0")) {
        for (DeleteFile delete : added(table, snapshot)) {
          for (DataFile file : rewrite.removed()) {
            if (mayDelete(delete, file, now.spec(delete.specId()))) {
              throw new ValidationException(
                  "snapshot %s came with deletes of %s", snapshot.snapshotId(), file.location());
            }
          }
        }
      }
      Long parent = snapshot.parentId();
      snapshot = parent == null ? null : now.snapshot(parent);
    }
  }

  private static Iterable<DeleteFile> added(Table table, Snapshot snapshot) {
    return SnapshotChanges.builderFor(table).snapshot(snapshot).build().addedDeleteFiles();
  }

  private static boolean mayDelete(DeleteFile delete, DataFile file, PartitionSpec spec) {
    CharSequence of = ContentFileUtil.referencedDataFile(delete);
    if (of != null) {
      return file.location().contentEquals(of);
    }
    if (delete.content() == FileContent.EQUALITY_DELETES && spec.isUnpartitioned()) {
      return true;
    }
    StructLikeWrapper partition = StructLikeWrapper.forType(spec.partitionType());
    return delete.specId() == file.specId()
        && partition.copyFor(delete.partition()).equals(partition.copyFor(file.partition()));
  }

  /** Whether a change would leave the table as it is. */
  static boolean nothing(Change change, Table table) {
    BaseCheck upon = change.base();
    if (!change.files().isEmpty()
        || (upon != null && upon.always())
        || change.summary().containsKey(SummaryKeys.LETTERS_LIST)
        || change.summary().containsKey(SummaryKeys.ROWS_LIST)) {
      return false;
    }
    if (change.edit() instanceof Edit.Rewrite rewrite) {
      return rewrite.removed().isEmpty();
    }
    return !(change.edit() instanceof Edit.Overwrite overwrite)
        || (change.shape() == null && !anyFile(table, overwrite.where()));
  }

  private static boolean anyFile(Table table, Expression where) {
    try (CloseableIterable<FileScanTask> files = table.newScan().filter(where).planFiles()) {
      return files.iterator().hasNext();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A commit that Iceberg refused, told so that its reader can act on it. */
  static HeadwaterException refused(Change change, Table now, RuntimeException cause) {
    String said = Hopeless.said(cause);
    if (Hopeless.forbidden(cause)) {
      return new HeadwaterException(
          Kind.REFUSED,
          "Cannot commit %s to table %s: its catalog, or the storage, does not allow it (%s)."
              .formatted(change.token().key(), change.table(), said),
          "Ask its owner for the right to write, or write to another catalog.",
          cause);
    }
    Snapshot current = now.currentSnapshot();
    Long id = current == null ? null : current.snapshotId();
    boolean checked =
        change.edit() instanceof Edit.Rewrite
            || (change.edit() instanceof Edit.Overwrite o && o.checked())
            || (change.edit() instanceof Edit.OverwritePartitions p && p.checked());
    if (cause instanceof ValidationException
        && checked
        && !Objects.equals(id, change.edit().base())) {
      return new BaseMovedException(change, cause);
    }
    boolean partly = said.contains("some, but not all, rows match");
    return new HeadwaterException(
        partly ? Kind.REFUSED : Kind.FAILED,
        "Cannot commit %s to table %s: %s.".formatted(change.token().key(), change.table(), said),
        partly
            ? "The table is as it was; rewrite such files, or choose rows that are whole"
                + " partitions."
            : "The table is as it was; look at the files' schema and partitioning.",
        cause);
  }
}

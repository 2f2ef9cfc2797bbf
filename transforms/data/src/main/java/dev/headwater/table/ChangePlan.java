package dev.headwater.table;

import dev.headwater.catalog.SnapshotRef;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.IncrementalAppendScan;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * What came to a table after one snapshot, up to another.
 *
 * @param after the snapshot before the first commit that is read; null for the table's beginning
 * @param withDeleted whether rows that were deleted are read too, with what each commit did
 */
record ChangePlan(@Nullable Long after, boolean withDeleted) implements Serializable {
  /**
   * The rows that were appended, as they were appended.
   *
   * @throws dev.headwater.catalog.HeadwaterException REFUSED if a commit did more than append
   */
  List<SplitGroup> appended(
      Table table, SnapshotRef upTo, @Nullable Expression filter, long bytes, int minGroups) {
    List<Snapshot> commits = commits(table, upTo);
    for (Snapshot commit : commits) {
      if (!commit.operation().equals(DataOperations.APPEND)) {
        throw ReadTable.refused(
            upTo,
            "snapshot " + commit.snapshotId() + " is no append (" + commit.operation() + ")",
            "read the changes instead, which tell of deleted rows too.");
      }
    }
    List<FileSplit> splits = new ArrayList<>();
    if (!commits.isEmpty()) {
      IncrementalAppendScan scan = table.newIncrementalAppendScan().toSnapshot(upTo.snapshotId());
      if (after != null) {
        scan = scan.fromSnapshotExclusive(after);
      }
      if (filter != null) {
        scan = scan.filter(filter);
      }
      try (CloseableIterable<FileScanTask> files = scan.planFiles()) {
        for (FileScanTask file : files) {
          Splits.cut(file, RowDeletes.NONE, splits);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return splits.isEmpty() ? List.of() : Splits.group(splits, bytes, minGroups);
  }

  /** What each commit inserted and deleted, the oldest commit first. */
  void changes(
      Table table, SnapshotRef upTo, @Nullable Expression filter, Consumer<RowChange> out) {
    int ordinal = 0;
    for (Snapshot commit : commits(table, upTo)) {
      Expression known = sameSchema(table, upTo, commit) ? filter : null;
      Map<String, FileScanTask> before = files(table, commit.parentId(), known);
      Map<String, FileScanTask> now = files(table, commit.snapshotId(), known);
      Step step = new Step(table, ordinal++, commit.snapshotId(), out);
      now.forEach((path, file) -> step.compare(before.get(path), file));
      before.forEach(
          (path, file) -> {
            if (!now.containsKey(path)) {
              step.compare(file, null);
            }
          });
    }
  }

  /** The commits that are read, the oldest first, without those that only rewrite. */
  private List<Snapshot> commits(Table table, SnapshotRef upTo) {
    List<Snapshot> out = new ArrayList<>();
    Long id = upTo.snapshotId();
    while (id != null && !id.equals(after)) {
      Snapshot commit = table.snapshot(id);
      if (commit == null) {
        throw ReadTable.refused(
            upTo,
            "snapshot " + id + " before it has expired",
            "begin at a snapshot that is still in the table's history.");
      }
      if (!commit.operation().equals(DataOperations.REPLACE)) {
        out.add(0, commit);
      }
      id = commit.parentId();
    }
    if (id == null && after != null) {
      throw ReadTable.refused(
          upTo, "snapshot " + after + " is not in its history", "begin at one of its ancestors.");
    }
    return out;
  }

  /** Whether a filter's names mean the same columns before a commit, after it and at the end. */
  private static boolean sameSchema(Table table, SnapshotRef upTo, Snapshot commit) {
    Long parent = commit.parentId();
    Integer last = table.snapshot(upTo.snapshotId()).schemaId();
    return last != null
        && last.equals(commit.schemaId())
        && (parent == null || last.equals(table.snapshot(parent).schemaId()));
  }

  private static Map<String, FileScanTask> files(
      Table table, @Nullable Long snapshot, @Nullable Expression filter) {
    Map<String, FileScanTask> out = new TreeMap<>();
    if (snapshot == null) {
      return out;
    }
    TableScan scan = table.newScan().useSnapshot(snapshot);
    try (CloseableIterable<FileScanTask> files =
        (filter == null ? scan : scan.filter(filter)).planFiles()) {
      for (FileScanTask file : files) {
        out.put(file.file().location(), file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out;
  }

  /** One commit's changes, file by file. */
  private record Step(Table table, int ordinal, long snapshotId, Consumer<RowChange> out) {
    void compare(@Nullable FileScanTask before, @Nullable FileScanTask now) {
      if (before == null && now != null) {
        changed(now, deletes(now), null, true);
      } else if (now == null && before != null) {
        changed(before, deletes(before), null, false);
      } else if (before != null && now != null && !names(before).equals(names(now))) {
        changed(before, deletes(before), deletes(now), false);
        changed(now, deletes(now), deletes(before), true);
      }
    }

    /** Rows that {@code deletes} leave and, where it is given, {@code gone} delete. */
    private void changed(
        FileScanTask file, RowDeletes deletes, @Nullable RowDeletes gone, boolean inserted) {
      if (gone != null && gone.isEmpty()) {
        return;
      }
      List<FileSplit> splits = new ArrayList<>();
      Splits.cut(file, deletes, splits);
      for (FileSplit split : splits) {
        out.accept(new RowChange(split, gone, inserted, ordinal, snapshotId));
      }
    }

    private RowDeletes deletes(FileScanTask file) {
      return RowDeletes.of(table, file.deletes(), new IdentityHashMap<>());
    }

    private static List<String> names(FileScanTask file) {
      return file.deletes().stream()
          .sorted(
              Comparator.comparing(DeleteFile::location)
                  .thenComparing(
                      DeleteFile::contentOffset, Comparator.nullsFirst(Comparator.naturalOrder())))
          .map(delete -> delete.location() + "@" + delete.contentOffset())
          .toList();
    }
  }
}

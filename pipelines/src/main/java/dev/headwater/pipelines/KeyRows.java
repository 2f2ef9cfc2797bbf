package dev.headwater.pipelines;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.Pruning;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;

/**
 * Where in a table the rows of a condition are: in which files, and of which snapshots that are
 * still there. Each file is read once, and again only where more of its rows were deleted later.
 */
final class KeyRows {
  private final Table table;
  private final Expression condition;
  private final Schema projection;
  private final Map<String, Long> counted = new HashMap<>();

  /** By file, the snapshot with which it came; files whose rows are deleted are among them. */
  private final Map<String, Long> files = new TreeMap<>();

  /** By snapshot, how many rows it has; only those that have some, the oldest first. */
  private final Map<Long, Long> snapshots = new LinkedHashMap<>();

  /**
   * Looks.
   *
   * @param condition over the table's columns of today
   */
  KeyRows(Table table, Expression condition) {
    this.table = table;
    this.condition = condition;
    this.projection = table.schema().select(condition.columns());
    List<Snapshot> all = new ArrayList<>();
    table.snapshots().forEach(all::add);
    all.sort(Comparator.comparingLong(Snapshot::sequenceNumber));
    all.forEach(this::look);
  }

  private void look(Snapshot snapshot) {
    long rows = 0;
    try (CloseableIterable<FileScanTask> tasks =
        table
            .newScan()
            .useSnapshot(snapshot.snapshotId())
            .filter(Pruning.of(condition))
            .planFiles()) {
      for (FileScanTask task : tasks) {
        String path = task.file().location();
        long here = counted.computeIfAbsent(key(task), k -> count(task));
        rows += here;
        // The oldest snapshot comes first: nothing of the file was deleted then.
        if (here > 0) {
          files.putIfAbsent(path, snapshot.snapshotId());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (rows > 0) {
      snapshots.put(snapshot.snapshotId(), rows);
    }
  }

  private static String key(FileScanTask task) {
    Set<String> deletes = new TreeSet<>();
    task.deletes().forEach(d -> deletes.add(d.location() + offset(d)));
    return task.file().location() + deletes;
  }

  private static String offset(ContentFile<?> deletes) {
    return deletes instanceof org.apache.iceberg.DeleteFile d && d.contentOffset() != null
        ? "@" + d.contentOffset()
        : "";
  }

  private long count(FileScanTask task) {
    SplitGroup group = new SplitGroup(Splits.of(table, List.of(task)));
    long rows = 0;
    try (CloseableIterator<RowBatch> batches =
        group.open(table, projection, Pruning.of(condition))) {
      while (batches.hasNext()) {
        rows += condition.select(batches.next()).count();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  /** Rows that the table has now. */
  long now() {
    Snapshot current = table.currentSnapshot();
    return current == null ? 0 : snapshots.getOrDefault(current.snapshotId(), 0L);
  }

  Map<String, Long> files() {
    return files;
  }

  Map<Long, Long> snapshots() {
    return snapshots;
  }

  /** Tags and branches that keep such a snapshot. */
  List<String> refs() {
    return table.refs().entrySet().stream()
        .filter(ref -> snapshots.containsKey(ref.getValue().snapshotId()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }
}

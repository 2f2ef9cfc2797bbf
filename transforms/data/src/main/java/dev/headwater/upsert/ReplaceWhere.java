package dev.headwater.upsert;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.columns.expr.Pruning;
import dev.headwater.parquet.FileBatches;
import dev.headwater.parquet.RowSelection;
import dev.headwater.sort.Spill;
import dev.headwater.table.DeletedRows;
import dev.headwater.table.FileSplit;
import dev.headwater.table.RowPositions;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.ValidationException;

/**
 * New files in the place of the rows for which a condition is true, as Iceberg's row delta: files
 * all of whose rows match go, by their metadata alone where it says so; of others the rows are
 * deleted by position. Computed from the table as it is at each attempt, and refused by Iceberg if
 * files that lose rows were moved, or, unless {@code write.delete.isolation-level} is {@code
 * snapshot}, if rows came since that may match. Memory: a bit for each row of one file.
 */
final class ReplaceWhere implements Committer.Update {
  private static final int MOST_TRIES = 100;

  private final String where;
  private final List<DataFile> added;
  private final String folder;
  private final Spill spill;
  private int tries;

  /**
   * A change of a table.
   *
   * @param where SQL, over the table's columns
   * @param added new files, which stay whatever the condition says of them
   * @param folder of the table's data, where delete files are written
   * @param spill on this machine
   */
  ReplaceWhere(String where, List<DataFile> added, String folder, Spill spill) {
    this.where = where;
    this.added = added;
    this.folder = folder;
    this.spill = spill;
  }

  /** A data file that may lose some of its rows. */
  private record Partly(DropRows.Target target, FileSplit rows) {}

  @Override
  public boolean again(RuntimeException refusal) {
    return refusal instanceof ValidationException && ++tries < MOST_TRIES;
  }

  @Override
  public SnapshotUpdate<?> on(Table table) {
    try {
      return delta(table);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The condition over a table's columns. */
  static Expression parse(String sql, Schema schema) {
    try {
      return Expression.parse(sql, schema);
    } catch (ExpressionException e) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot delete rows where " + sql + ": " + e.getMessage() + ".",
          "write a condition over the table's columns, see docs/expressions.md.",
          e);
    }
  }

  /** Whether any row matches; reads no more than it must to know. */
  boolean any(Table table) throws IOException {
    Expression condition = parse(where, table.schema());
    List<DataFile> whole = new ArrayList<>();
    for (Partly file : find(table, condition, whole)) {
      BitSet hits = hits(table, condition, file);
      if (!hits.isEmpty()) {
        return true;
      }
    }
    return !whole.isEmpty();
  }

  private RowDelta delta(Table table) throws IOException {
    Snapshot base = table.currentSnapshot();
    Expression condition = parse(where, table.schema());
    List<DataFile> gone = new ArrayList<>();
    List<Partly> partly = find(table, condition, gone);
    SortedMap<String, DropRows.Target> targets = new TreeMap<>();
    partly.forEach(file -> targets.put(file.rows.path(), file.target));
    RowDelta delta = table.newRowDelta();
    try (DropRows drops = new DropRows(table, folder, spill, targets)) {
      for (Partly file : partly) {
        BitSet hits = hits(table, condition, file);
        if (file.target.deletes().isEmpty()
            && hits.cardinality() == file.target.file().recordCount()) {
          gone.add(file.target.file());
        } else {
          hits.stream().forEach(row -> drops.add(file.rows.path(), row));
        }
      }
      gone.forEach(delta::removeRows);
      added.forEach(delta::addRows);
      drops.finish().forEach(delta::addDeletes);
      drops.replaced().forEach(delta::removeDeletes);
      delta
          .validateDataFilesExist(drops.losing().stream().map(t -> t.file().location()).toList())
          .validateDeletedFiles();
      long rows = drops.dropped() + gone.stream().mapToLong(DataFile::recordCount).sum();
      delta.set(SummaryKeys.FACT + "rows_removed", Long.toString(rows));
      delta.set(SummaryKeys.FACT + "files_removed", Integer.toString(gone.size()));
    }
    if (base != null) {
      delta.validateFromSnapshot(base.snapshotId());
    }
    delta.conflictDetectionFilter(Pruning.of(condition));
    if (!"snapshot".equals(table.properties().get(TableProperties.DELETE_ISOLATION_LEVEL))) {
      delta.validateNoConflictingDataFiles();
    }
    return delta.validateNoConflictingDeleteFiles();
  }

  /**
   * The files that may have a matching row and perhaps others.
   *
   * @param whole gets the files that have matching rows only
   */
  private static List<Partly> find(Table table, Expression condition, List<DataFile> whole)
      throws IOException {
    org.apache.iceberg.expressions.Expression others = Pruning.others(condition);
    List<Partly> partly = new ArrayList<>();
    FindFiles.of(
        table,
        Pruning.of(condition),
        task -> {
          DataFile file = task.file().copyWithoutStats();
          if (task.deletes().isEmpty() && !Splits.mayHold(table, task, others)) {
            whole.add(file);
          } else {
            partly.add(partly(table, task, file));
          }
        });
    return partly;
  }

  private static Partly partly(Table table, FileScanTask task, DataFile file) {
    List<DeleteFile> deletes = task.deletes().stream().map(DeleteFile::copy).toList();
    return new Partly(new DropRows.Target(file, deletes), TableFile.whole(table, task));
  }

  /** The places of a file's live rows that match. */
  private static BitSet hits(Table table, Expression condition, Partly file) throws IOException {
    Schema read =
        condition.columns().isEmpty() ? table.schema() : table.schema().select(condition.columns());
    String mapping = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
    var filter = Pruning.of(condition);
    RowPositions gone = new DeletedRows(table.io()).of(file.rows, filter, mapping);
    BitSet hits = new BitSet();
    try (FileBatches rows = file.rows.open(table.io(), read, filter, mapping, RowSelection.ALL)) {
      while (rows.hasNext()) {
        RowBatch batch = rows.next();
        Bits match = condition.select(batch);
        Bits alive = gone.others(rows.position(), batch.size());
        for (int row : (alive == null ? match : match.and(alive)).positions()) {
          hits.set(Math.toIntExact(rows.position() + row));
        }
      }
    }
    return hits;
  }
}

package dev.headwater.upsert;

import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.FileBatches;
import dev.headwater.parquet.RowSelection;
import dev.headwater.sort.RunCursor;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunReader;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.SortKey;
import dev.headwater.sort.Spill;
import dev.headwater.sort.SpillWriter;
import dev.headwater.table.DeletedRows;
import dev.headwater.table.FileSplit;
import dev.headwater.table.RowPositions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;

/**
 * An interval of upserts and removals as Iceberg's row delta: the new data files, and deletes of
 * the rows whose place they take, in the table and among themselves. Computed from the table as it
 * is at each attempt, and refused by Iceberg if files came since that may hold one of the keys, if
 * rows that it deletes were moved, or if others deleted such rows.
 */
final class ReplaceByKey implements Committer.Update {
  private static final long BUFFER_BYTES = 16L << 20;
  private static final int MOST_TRIES = 100;

  private final KeyLog log;
  private final Keyed interval;
  private final NewestRows newest;
  private final String folder;
  private final Spill spill;
  private int tries;

  /**
   * A change of a table.
   *
   * @param folder of the table's data, where delete files are written
   * @param spill on this machine
   */
  ReplaceByKey(KeyLog log, Keyed interval, NewestRows newest, String folder, Spill spill) {
    this.log = log;
    this.interval = interval;
    this.newest = newest;
    this.folder = folder;
    this.spill = spill;
  }

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

  private RowDelta delta(Table table) throws IOException {
    Snapshot base = table.currentSnapshot();
    Expression keys = newest.bounds().expression();
    SortedMap<String, DropRows.Target> targets = new TreeMap<>();
    List<RunRef> found = find(table, keys, targets);
    List<String> held = List.copyOf(targets.keySet());
    for (DataFile file : interval.files()) {
      targets.put(file.location(), new DropRows.Target(file, List.of()));
    }
    RowDelta delta = table.newRowDelta();
    try (DropRows drops = new DropRows(table, folder, spill, targets)) {
      long older = older(drops);
      Met met = meet(found, drops);
      interval.files().forEach(delta::addRows);
      drops.finish().forEach(delta::addDeletes);
      drops.replaced().forEach(delta::removeDeletes);
      List<String> losing =
          drops.losing().stream().map(t -> t.file().location()).filter(held::contains).toList();
      delta.validateDataFilesExist(losing).validateDeletedFiles();
      long kept = rows(interval.files()) - older - met.refused;
      long in = interval.rows() + interval.letters() + interval.filtered();
      delta.set(SummaryKeys.ROWS_IN, Long.toString(in));
      delta.set(SummaryKeys.ROWS_KEPT, Long.toString(kept));
      delta.set(SummaryKeys.ROWS_LETTERS, Long.toString(interval.letters()));
      delta.set(SummaryKeys.ROWS_FILTERED, Long.toString(in - kept - interval.letters()));
      delta.set(SummaryKeys.FACT + "rows_replaced", Long.toString(met.replaced));
      delta.set(SummaryKeys.FACT + "rows_removed", Long.toString(met.removed));
    }
    if (base != null) {
      delta.validateFromSnapshot(base.snapshotId());
    }
    return delta
        .conflictDetectionFilter(keys)
        .validateNoConflictingDataFiles()
        .validateNoConflictingDeleteFiles();
  }

  private static long rows(List<DataFile> files) {
    return files.stream().mapToLong(DataFile::recordCount).sum();
  }

  /** The table's live rows that may have one of the keys, by key; their files become targets. */
  private List<RunRef> find(
      Table table, Expression keys, SortedMap<String, DropRows.Target> targets) throws IOException {
    if (log.key().stream().anyMatch(name -> table.schema().asStruct().field(name) == null)) {
      // Rows from before a key's column came have a null there, and null is no key.
      return List.of();
    }
    RunOrder byKey = RunOrder.by(KeyLog.KEY);
    DeletedRows deleted = new DeletedRows(table.io());
    try (SpillWriter runs =
        new SpillWriter(spill, 0, byKey, BUFFER_BYTES, UnaryOperator.identity())) {
      FindFiles.of(
          table,
          keys,
          task -> {
            if (find(table, keys, task, deleted, runs)) {
              List<DeleteFile> deletes = task.deletes().stream().map(DeleteFile::copy).toList();
              targets.put(
                  task.file().location(),
                  new DropRows.Target(task.file().copyWithoutStats(), deletes));
            }
          });
      return runs.finish();
    }
  }

  private boolean find(
      Table table, Expression keys, FileScanTask task, DeletedRows deleted, SpillWriter runs) {
    FileSplit all = TableFile.whole(table, task);
    String mapping = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
    boolean any = false;
    RowPositions gone = deleted.of(all, keys, mapping);
    try (FileBatches rows = all.open(table.io(), log.columns(), keys, mapping, RowSelection.ALL)) {
      while (rows.hasNext()) {
        RowBatch batch = rows.next();
        long at = rows.position();
        int[] hits = hits(log.keys(batch), gone.others(at, batch.size()));
        if (hits.length > 0) {
          any = true;
          long[] positions = Arrays.stream(hits).asLongStream().map(row -> at + row).toArray();
          runs.accept(log.found(batch.gather(hits), all.path(), positions), new int[hits.length]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return any;
  }

  /** Rows that live and whose key may be among the interval's. */
  private int[] hits(Column keys, @org.jspecify.annotations.Nullable Bits alive) {
    long[] hashes = SortKey.hashes(keys);
    Bits nulls = keys.nulls();
    int[] rows = new int[hashes.length];
    int n = 0;
    for (int row = 0; row < hashes.length; row++) {
      if ((nulls == null || !nulls.get(row))
          && newest.filter().mayHold(hashes[row])
          && (alive == null || alive.get(row))) {
        rows[n++] = row;
      }
    }
    return Arrays.copyOf(rows, n);
  }

  /** Rows of the interval that another one of it came after. */
  private long older(DropRows drops) {
    long n = 0;
    for (RunRef run : newest.older()) {
      try (RunReader rows = new RunReader(spill, run)) {
        for (RowBatch batch = rows.next(); batch != null; batch = rows.next()) {
          for (int row = 0; row < batch.size(); row++) {
            drops.add(KeyLog.path(batch, row), KeyLog.position(batch, row));
          }
          n += batch.size();
        }
      }
    }
    return n;
  }

  /** How the interval's rows met the table's: its rows that went, and new ones older than those. */
  private static final class Met {
    private long replaced;
    private long removed;
    private long refused;
  }

  private Met meet(List<RunRef> found, DropRows drops) {
    RunOrder byKey = RunOrder.by(KeyLog.KEY);
    RunOrder byOrder = RunOrder.by(KeyLog.ORDER);
    Met met = new Met();
    try (RunCursor in = new RunCursor(RunMerge.open(spill, newest.newest(), byKey));
        RunCursor old = new RunCursor(RunMerge.open(spill, found, byKey))) {
      List<Lost> same = new ArrayList<>();
      boolean any = old.next();
      while (any && in.next()) {
        RowBatch batch = in.batch();
        int row = in.row();
        while (any && byKey.compare(old.batch(), old.row(), batch, row) < 0) {
          any = old.next();
        }
        boolean newer = false;
        while (any && byKey.compare(old.batch(), old.row(), batch, row) == 0) {
          RowBatch held = old.batch();
          newer |= log.isOrdered() && byOrder.compare(held, old.row(), batch, row) > 0;
          same.add(new Lost(KeyLog.path(held, old.row()), KeyLog.position(held, old.row())));
          any = old.next();
        }
        boolean removal = KeyLog.position(batch, row) < 0;
        if (!newer) {
          same.forEach(lost -> drops.add(lost.path, lost.row));
          met.replaced += removal ? 0 : same.size();
          met.removed += removal ? same.size() : 0;
        } else if (!removal) {
          drops.add(KeyLog.path(batch, row), KeyLog.position(batch, row));
          met.refused++;
        }
        same.clear();
      }
    }
    return met;
  }

  private record Lost(String path, long row) {}
}

package dev.headwater.upsert;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SnapshotStatistics;
import dev.headwater.table.CommitTable;
import dev.headwater.table.WorkerDisk;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * A change's files in the place of the table's rows for which a condition is true: whole files go
 * by their metadata, of others the rows are deleted by position. Done over from the newest snapshot
 * when others changed such rows meanwhile, up to a hundred times. Of format version 2 or 3.
 *
 * @param where SQL over the table's columns; of the new rows none goes
 * @param folder of the table's data, for delete files
 */
public record ReplaceRows(String where, String folder) implements CommitTable.Swap {
  private static final long serialVersionUID = 1;

  /**
   * Looks whether rows of a table can go so.
   *
   * @param doing what cannot be done where they can't
   * @throws dev.headwater.catalog.HeadwaterException USAGE if its format version is 1
   */
  public static void check(Table table, String doing) {
    DropRows.check(table, doing);
  }

  @Override
  public Committed swap(
      TableCatalog open, Committer committer, Change change, @Nullable SnapshotStatistics sketch) {
    try (WorkerDisk disk = WorkerDisk.open(open.load(change.table()).io())) {
      ReplaceWhere update = new ReplaceWhere(where, change.files(), folder, disk.spill());
      return committer.commit(change, update, sketch);
    }
  }
}

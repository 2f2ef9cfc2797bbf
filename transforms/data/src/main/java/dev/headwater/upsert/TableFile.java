package dev.headwater.upsert;

import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.FileSplit;
import dev.headwater.table.Replaced;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import dev.headwater.table.Written;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * A data file of a table that may be rewritten. Rows that its delete files delete are no rows of
 * it; the others are numbered in their order, from 0.
 *
 * @param number its place among the files of one rewrite
 * @param deletes delete files that go with it, since they are about no other file
 * @param pieces all of it
 */
public record TableFile(int number, DataFile file, List<DeleteFile> deletes, SplitGroup pieces)
    implements Serializable {
  private static final long serialVersionUID = 1;

  public TableFile {
    deletes = new ArrayList<>(deletes);
  }

  /** The file of a task of the table's current snapshot. */
  static TableFile of(int number, Table table, FileScanTask task) {
    List<DeleteFile> own =
        task.deletes().stream()
            .filter(ContentFileUtil::isFileScoped)
            .map(DeleteFile::copyWithoutStats)
            .toList();
    List<FileSplit> pieces = Splits.of(table, List.of(task));
    return new TableFile(number, task.file().copyWithoutStats(), own, new SplitGroup(pieces));
  }

  /** All files of a table's current snapshot. */
  public static List<TableFile> all(Table table) throws IOException {
    List<TableFile> out = new ArrayList<>();
    FindFiles.of(
        table, Expressions.alwaysTrue(), task -> out.add(TableFile.of(out.size(), table, task)));
    return out;
  }

  /** All of a task's file as one split. */
  static FileSplit whole(Table table, FileScanTask task) {
    FileSplit first = of(0, table, task).pieces().splits().get(0);
    return new FileSplit(
        first.path(),
        first.fileLength(),
        0,
        first.fileLength(),
        first.constants(),
        first.deletes(),
        first.format());
  }

  /** Takes rows of a file, and the number of the first of them. */
  public interface Rows {
    void accept(RowBatch batch, long first) throws IOException;
  }

  /** Reads all rows; the table need not have the columns. */
  public void read(Table table, Schema columns, Rows to) throws IOException {
    String mapping = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
    long next = 0;
    try (CloseableIterator<RowBatch> rows = pieces.open(table.io(), columns, null, mapping)) {
      while (rows.hasNext()) {
        RowBatch batch = rows.next();
        to.accept(batch, next);
        next += batch.size();
      }
    }
  }

  /** Which rows of a batch stay. */
  public interface Keep {
    Bits of(RowBatch batch, long first) throws IOException;
  }

  /** The file goes, and of its rows those come back that are kept. */
  public Written rewrite(Table table, String sink, String run, Keep keep) throws IOException {
    long[] dropped = new long[1];
    try (BatchWriter out = BatchWriter.open(table, sink, run)) {
      read(
          table,
          table.schema(),
          (batch, first) -> {
            RowBatch kept = batch.filter(keep.of(batch, first));
            dropped[0] += batch.size() - kept.size();
            out.accept(kept);
          });
      return Written.of(out.finish(), 0, 0, 0).replaced(gone(out.rows(), dropped[0]));
    }
  }

  /** That it goes. */
  Replaced gone(long carried, long dropped) {
    return new Replaced(List.of(file), deletes, carried, dropped, Expressions.alwaysFalse());
  }
}

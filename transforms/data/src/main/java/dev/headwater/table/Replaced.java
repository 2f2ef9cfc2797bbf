package dev.headwater.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/**
 * Files of a table that go because some of their rows do.
 *
 * @param files the data files
 * @param deletes delete files that were about nothing but these
 * @param carried rows of theirs that stay: they were written again
 * @param dropped rows of theirs that go
 * @param reads which rows of the table this depends on; always false: on no others
 */
public record Replaced(
    List<DataFile> files, List<DeleteFile> deletes, long carried, long dropped, Expression reads)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /** Nothing. */
  public static final Replaced NONE =
      new Replaced(List.of(), List.of(), 0, 0, Expressions.alwaysFalse());

  public Replaced {
    files = new ArrayList<>(files);
    deletes = new ArrayList<>(deletes);
  }

  /** Both together. */
  public Replaced and(Replaced other) {
    List<DataFile> allFiles = new ArrayList<>(files);
    allFiles.addAll(other.files);
    List<DeleteFile> allDeletes = new ArrayList<>(deletes);
    allDeletes.addAll(other.deletes);
    return new Replaced(
        allFiles,
        allDeletes,
        carried + other.carried,
        dropped + other.dropped,
        Expressions.or(reads, other.reads));
  }
}

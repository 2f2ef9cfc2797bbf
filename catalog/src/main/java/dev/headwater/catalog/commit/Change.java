package dev.headwater.catalog.commit;

import dev.headwater.catalog.TableRef;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of a table: files that are written and closed, what they do to those that are
 * there, and the token that makes the change happen once. Immutable; the methods that change one
 * thing return a new one.
 *
 * @param summary what the snapshot's summary shall say besides the token, see {@link SummaryKeys}
 * @param shape the schema and partitioning that the change brings with it; null: as they are
 * @param replaces the snapshot that must still be current; null: whatever is current
 * @param base looks at what the change comes upon; null: whatever is there
 */
public record Change(
    TableRef table,
    Edit edit,
    Token token,
    List<DataFile> files,
    Map<String, String> summary,
    @Nullable Shape shape,
    @Nullable Long replaces,
    @Nullable BaseCheck base)
    implements Serializable {

  public Change {
    files = List.copyOf(files);
    summary = Map.copyOf(summary);
  }

  /** The files, with whatever the edit makes of those that are there. */
  public static Change of(
      TableRef table, Edit edit, Token token, Collection<? extends DataFile> files) {
    return new Change(table, edit, token, List.copyOf(files), Map.of(), null, null, null);
  }

  /** The files, beside what is there. Without files nothing is committed. */
  public static Change append(TableRef table, Token token, Collection<? extends DataFile> files) {
    return of(table, new Edit.Append(), token, files);
  }

  /** The files instead of every live row; works on an empty table too. */
  public static Change replace(TableRef table, Token token, Collection<? extends DataFile> files) {
    return of(table, Edit.Overwrite.ALL, token, files);
  }

  /**
   * Without the rows that match, by metadata alone: refused if a file has others too.
   *
   * @param where over the table's columns
   */
  public static Change delete(TableRef table, Token token, Expression where) {
    return of(table, new Edit.Overwrite(where), token, List.of());
  }

  /** With these files. */
  public Change files(Collection<? extends DataFile> written) {
    return new Change(table, edit, token, List.copyOf(written), summary, shape, replaces, base);
  }

  /** With this edit. */
  public Change edit(Edit next) {
    return new Change(table, next, token, files, summary, shape, replaces, base);
  }

  /** With more in the summary. */
  public Change summary(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(summary);
    all.putAll(more);
    return new Change(table, edit, token, files, all, shape, replaces, base);
  }

  /** With a new schema and partitioning, in the same step as the files; null changes nothing. */
  public Change shape(@Nullable Shape newShape) {
    return new Change(table, edit, token, files, summary, newShape, replaces, base);
  }

  /** Only upon what the check lets pass. */
  public Change upon(BaseCheck check) {
    return new Change(table, edit, token, files, summary, shape, replaces, check);
  }

  /** Refused unless the snapshot is current at the swap. */
  public Change onlyIfCurrent(long snapshotId) {
    return new Change(table, edit, token, files, summary, shape, snapshotId, base);
  }
}

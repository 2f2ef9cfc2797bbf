package dev.headwater.catalog.commit;

import dev.headwater.catalog.TableRef;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of a table: files that are written and closed, and the token that makes the
 * change happen once. Immutable; the methods that change one thing return a new one.
 *
 * @param summary what the snapshot's summary shall say besides the token, see {@link SummaryKeys}
 * @param shape the schema and partitioning that the change brings with it; null: as they are
 * @param replaces the snapshot that must still be current; null: whatever is current
 */
public record Change(
    TableRef table,
    Mode mode,
    Token token,
    List<DataFile> files,
    Map<String, String> summary,
    @Nullable Shape shape,
    @Nullable Long replaces)
    implements Serializable {

  /** Whether the files come to those that are there, or instead of them. */
  public enum Mode {
    APPEND,
    REPLACE
  }

  public Change {
    files = List.copyOf(files);
    summary = Map.copyOf(summary);
  }

  /** The files, beside what is there. Without files nothing is committed. */
  public static Change append(TableRef table, Token token, Collection<? extends DataFile> files) {
    return new Change(table, Mode.APPEND, token, List.copyOf(files), Map.of(), null, null);
  }

  /** The files instead of every live row; works on an empty table too. */
  public static Change replace(TableRef table, Token token, Collection<? extends DataFile> files) {
    return new Change(table, Mode.REPLACE, token, List.copyOf(files), Map.of(), null, null);
  }

  /** With more in the summary. */
  public Change summary(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(summary);
    all.putAll(more);
    return new Change(table, mode, token, files, all, shape, replaces);
  }

  /** With a new schema and partitioning, in the same step as the files. */
  public Change shape(Shape newShape) {
    return new Change(table, mode, token, files, summary, newShape, replaces);
  }

  /** Refused unless the snapshot is current at the swap. */
  public Change onlyIfCurrent(long snapshotId) {
    return new Change(table, mode, token, files, summary, shape, snapshotId);
  }
}

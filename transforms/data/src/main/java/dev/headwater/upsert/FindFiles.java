package dev.headwater.upsert;

import dev.headwater.table.Splits;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** The files of a table that may hold a row, by their partitions and columns' bounds. */
final class FindFiles {
  private FindFiles() {}

  /** The files that may hold one of the keys, numbered. */
  static void of(UpsertSpec spec, Iterable<ShardKeys> shards, Consumer<TableFile> to)
      throws IOException {
    Set<String> columns = new HashSet<>();
    spec.base().schema().columns().stream().map(Types.NestedField::name).forEach(columns::add);
    if (!columns.containsAll(spec.key())) {
      // Rows from before a key's column came have a null there, and null is no key.
      return;
    }
    int[] number = new int[1];
    of(
        spec.base(),
        keys(spec, shards),
        task -> to.accept(TableFile.of(number[0]++, spec.base(), task)));
  }

  /**
   * The files of the current snapshot that may hold a matching row, each with all its deletes and
   * statistics.
   */
  static void of(Table table, Expression filter, Consumer<FileScanTask> to) throws IOException {
    Snapshot current = table.currentSnapshot();
    if (current == null) {
      return;
    }
    // A filtered scan leaves out deletes of rows that don't match. Where a file is only read that
    // does no harm; a file that is rewritten must not bring these rows back.
    boolean deletes = !"0".equals(current.summary().get(SnapshotSummary.TOTAL_DELETE_FILES_PROP));
    TableScan scan = table.newScan().includeColumnStats();
    try (CloseableIterable<FileScanTask> files =
        (deletes ? scan : scan.filter(filter)).planFiles()) {
      for (FileScanTask task : files) {
        if (!deletes || Splits.mayHold(table, task, filter)) {
          to.accept(task);
        }
      }
    }
  }

  /** True for every row with one of the keys. */
  static Expression keys(UpsertSpec spec, Iterable<ShardKeys> shards) {
    KeyBounds all = new KeyBounds(spec.table().schema(), spec.key());
    boolean any = false;
    for (ShardKeys shard : shards) {
      if (!shard.runs().isEmpty()) {
        all.add(shard.bounds());
        any = true;
      }
    }
    return any ? all.expression() : Expressions.alwaysFalse();
  }
}

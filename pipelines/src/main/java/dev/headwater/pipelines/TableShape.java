package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Shape;
import dev.headwater.pipelines.project.Partition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.jspecify.annotations.Nullable;

/**
 * The columns and the partitioning that a run writes. They come into the table with its rows, in
 * one commit: until then the table is as it was. Only a table that isn't there is made before.
 *
 * @param table as it will be: files are written for it
 * @param shape what the commit brings; null: the table has it already
 */
record TableShape(Table table, @Nullable Shape shape) {
  /** Exactly these columns, for a run that replaces all rows. */
  static TableShape exactly(TableCatalog catalog, TableRef ref, Schema schema, PartitionSpec spec) {
    Optional<Table> found = catalog.find(ref);
    if (found.isEmpty()) {
      return new TableShape(
          catalog.create(ref, schema, spec, SortOrder.unsorted(), Map.of()), null);
    }
    return of(ref, found.get(), Shape.next(found.get(), schema, spec));
  }

  /** These columns besides those that the table has, for a run that keeps rows. */
  static TableShape atLeast(
      TableCatalog catalog, TableRef ref, Schema schema, List<Partition> partition) {
    Table table = catalog.load(ref);
    try {
      Schema union = table.updateSchema().unionByNameWith(schema).apply();
      return of(ref, table, Shape.of(table, union, Partition.spec(union, partition)));
    } catch (IllegalArgumentException | ValidationException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          "Cannot add the new files to " + ref + ": " + e.getMessage() + ".",
          "give the columns one type in all files, or take the new files out of the source.",
          e);
    }
  }

  /**
   * Looks whether partitions can be told apart.
   *
   * @throws HeadwaterException REFUSED if the table has files of another partitioning
   */
  void onePartitioning(TableRef ref) {
    Snapshot current = table.currentSnapshot();
    if (current != null
        && current.dataManifests(table.io()).stream()
            .anyMatch(
                m ->
                    m.partitionSpecId() != table.spec().specId()
                        && (m.hasAddedFiles() || m.hasExistingFiles()))) {
      throw new HeadwaterException(
          HeadwaterException.Kind.REFUSED,
          "Cannot overwrite partitions of " + ref + ": it has files of another partitioning.",
          "write all of it once with write: replace, then overwrite again.");
    }
  }

  private static TableShape of(TableRef ref, Table table, Shape shape) {
    return shape.isOf(table)
        ? new TableShape(table, null)
        : new TableShape(shape.of(ref, table), shape);
  }
}

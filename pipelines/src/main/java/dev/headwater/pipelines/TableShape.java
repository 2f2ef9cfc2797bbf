package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Evolution;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.Settings;
import dev.headwater.catalog.commit.Shape;
import dev.headwater.pipelines.project.Partition;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * The columns, the partitioning and the settings that a run writes with. They come into the table
 * with its rows, in one commit: until then the table is as it was. Only a table that isn't there is
 * made before.
 *
 * @param table as it will be: files are written for it
 * @param shape what the commit brings; null: the table has it already
 */
record TableShape(Table table, @Nullable Shape shape) {
  /** Exactly these columns, for a run that replaces all rows. */
  static TableShape exactly(TableCatalog catalog, TableRef ref, Schema schema, PartitionSpec spec) {
    return exactly(catalog, ref, schema, spec, Settings.NONE);
  }

  /** As above, with what is declared beside them. */
  static TableShape exactly(
      TableCatalog catalog, TableRef ref, Schema schema, PartitionSpec spec, Settings settings) {
    return exactly(catalog, ref, schema, spec, settings, SchemaPolicy.DEFAULT);
  }

  /** As above; columns that the policy renames stay the same ones. */
  static TableShape exactly(
      TableCatalog catalog,
      TableRef ref,
      Schema schema,
      PartitionSpec spec,
      Settings settings,
      SchemaPolicy policy) {
    Optional<Table> found = catalog.find(ref);
    if (found.isEmpty()) {
      try {
        return new TableShape(
            catalog.create(ref, schema, spec, settings.order(ref, schema), settings.whole()), null);
      } catch (HeadwaterException e) {
        // Another run may have made it meanwhile.
        found = catalog.find(ref);
        if (found.isEmpty()) {
          throw e;
        }
      }
    }
    Shape next = Shape.next(found.get(), schema, spec, policy);
    return of(ref, found.get(), settings.on(ref, found.get(), next));
  }

  /**
   * These columns, for a run that keeps rows.
   *
   * @param schema all of the table's columns at least, see {@link Evolution#of}; ids don't count
   */
  static TableShape atLeast(
      TableCatalog catalog,
      TableRef ref,
      Schema schema,
      List<Partition> partition,
      Settings settings,
      SchemaPolicy policy) {
    Table table = catalog.load(ref);
    Schema union = Shape.union(ref, table, schema, policy);
    Shape next = Shape.of(table, union, Partition.spec(union, partition));
    return of(ref, table, settings.on(ref, table, next));
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

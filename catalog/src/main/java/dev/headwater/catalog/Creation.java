package dev.headwater.catalog;

import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to create a table, in two steps: the table has its id before the catalog has the
 * table, so that it can be told afterwards whether the one that is there is ours.
 */
final class Creation {
  private final Catalog catalog;
  private final TableRef ref;
  private final Schema schema;
  private final PartitionSpec spec;
  private final SortOrder order;
  private final Map<String, String> properties;
  private @Nullable UUID uuid;

  Creation(
      Catalog catalog,
      TableRef ref,
      Schema schema,
      PartitionSpec spec,
      SortOrder order,
      Map<String, String> properties) {
    this.catalog = catalog;
    this.ref = ref;
    this.schema = schema;
    this.spec = spec;
    this.order = order;
    this.properties = properties;
  }

  /** The table's id, once it has one. */
  @Nullable UUID uuid() {
    return uuid;
  }

  /** What went wrong, where only the catalog knows whether the table is there; otherwise null. */
  @Nullable RuntimeException run() {
    try {
      try {
        commit();
      } catch (NoSuchNamespaceException e) {
        namespace(e);
        commit();
      }
      return null;
    } catch (AlreadyExistsException | CommitFailedException | CommitStateUnknownException e) {
      return e;
    }
  }

  private void commit() {
    Transaction creation =
        catalog
            .buildTable(ref.identifier(), schema)
            .withPartitionSpec(spec)
            .withSortOrder(order)
            .withProperties(properties)
            .createTransaction();
    uuid = creation.table().uuid();
    creation.commitTransaction();
  }

  private void namespace(NoSuchNamespaceException missing) {
    if (!(catalog instanceof SupportsNamespaces namespaces)) {
      throw missing;
    }
    try {
      namespaces.createNamespace(ref.identifier().namespace());
    } catch (AlreadyExistsException e) {
      // Somebody else made it meanwhile.
      return;
    }
  }
}

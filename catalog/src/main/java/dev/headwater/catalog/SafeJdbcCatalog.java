package dev.headwater.catalog;

import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** Iceberg's JDBC catalog, without the ways in which it can destroy a table. */
final class SafeJdbcCatalog extends JdbcCatalog {
  SafeJdbcCatalog(FileIO io, Database database) {
    super(properties -> io, properties -> new OneTryPool(database), true);
  }

  @Override
  protected TableOperations newTableOps(TableIdentifier table) {
    return new SafeOperations(super.newTableOps(table), SafeOperations.Trust.CONFLICTS_ARE_CERTAIN);
  }
}

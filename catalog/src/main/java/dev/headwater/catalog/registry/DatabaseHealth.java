package dev.headwater.catalog.registry;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What the database behind a registry says of itself.
 *
 * @param version "SQLite 3.45.0", "PostgreSQL 16.2"
 * @param ahead how far its clock is before this machine's; its leases are measured by it
 */
public record DatabaseHealth(String version, Duration ahead) {
  /**
   * Asks it, and tries to write without changing anything.
   *
   * @throws dev.headwater.catalog.HeadwaterException UNREACHABLE if it does not answer or cannot be
   *     written; REFUSED if this user may not
   */
  public static DatabaseHealth of(CatalogConfig config) {
    try (Database database = Database.of(config)) {
      DatabaseHealth health = database.run("ask the database", c -> ask(c, database.dialect()));
      int unused =
          database.transaction(
              "write to the database",
              c -> Sql.update(c, "UPDATE headwater_schema SET applied = applied"));
      return health;
    }
  }

  private static DatabaseHealth ask(Connection connection, Database.Dialect dialect)
      throws SQLException {
    String version =
        connection.getMetaData().getDatabaseProductName()
            + " "
            + connection.getMetaData().getDatabaseProductVersion();
    long before = Sql.now();
    long there = Locks.now(connection, dialect);
    long here = (before + Sql.now()) / 2;
    return new DatabaseHealth(version, Duration.ofNanos((there - here) * 1_000));
  }
}

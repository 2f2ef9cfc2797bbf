package dev.headwater.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.apache.iceberg.jdbc.JdbcClientPool;

/**
 * A pool that sends every statement once. Iceberg's own repeats a swap whose answer was lost, takes
 * "0 rows" for a conflict, and deletes metadata that is in use.
 */
final class OneTryPool extends JdbcClientPool {
  private final Database database;

  OneTryPool(Database database) {
    super(1, database.config().where(), Map.of());
    this.database = database;
  }

  @Override
  public <R> R run(Action<R, Connection, SQLException> action) throws SQLException {
    return database.lend(action::run);
  }

  @Override
  public <R> R run(Action<R, Connection, SQLException> action, boolean retry) throws SQLException {
    return database.lend(action::run);
  }

  @Override
  protected boolean isConnectionException(Exception e) {
    return false;
  }

  @Override
  public void close() {
    database.close();
  }
}

package dev.headwater.catalog.registry;

import dev.headwater.catalog.Database;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * What a registry was before it is brought to a newer schema. Of SQLite the whole file, beside it:
 * {@code catalog.db.v2}. In PostgreSQL a copy of each of our tables, in the same transaction:
 * {@code headwater_v2_runs}; to go back they are renamed.
 */
final class Backup {
  private static final String SQLITE = "jdbc:sqlite:";
  private static final String OURS = "headwater_";

  private final Database database;

  Backup(Database database) {
    this.database = database;
  }

  /**
   * Before the transaction that migrates; one that is there stays.
   *
   * @param version of the schema that it has
   * @throws HeadwaterException UNREACHABLE if there is no room for it: nothing is migrated then
   */
  void before(int version) {
    if (version == 0 || database.dialect() != Database.Dialect.SQLITE) {
      return;
    }
    Path file = Path.of(database.config().where().substring(SQLITE.length())).toAbsolutePath();
    Path copy = file.resolveSibling(file.getFileName() + ".v" + version);
    if (Files.exists(copy)) {
      return;
    }
    // Whole or not at all, though two do it at once or one is killed.
    Path part = file.resolveSibling(copy.getFileName() + "." + UUID.randomUUID());
    try {
      int unused =
          database.run(
              "back up the registry before it is migrated",
              connection -> Sql.update(connection, "VACUUM INTO ?", part.toString()));
      Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new HeadwaterException(
          Kind.UNREACHABLE,
          "Cannot back up the registry to %s before it is migrated: %s."
              .formatted(copy, e.getMessage()),
          "Make room on that disk, or the folder writable.",
          e);
    }
  }

  /** Within it. */
  void within(Connection connection, int version) throws SQLException {
    if (version == 0 || database.dialect() != Database.Dialect.POSTGRESQL) {
      return;
    }
    for (String table : tables(connection)) {
      String copy = OURS + "v" + version + "_" + table.substring(OURS.length());
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE IF NOT EXISTS " + copy + " AS TABLE " + table);
      }
    }
  }

  private static List<String> tables(Connection connection) throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet found =
        connection
            .getMetaData()
            .getTables(null, connection.getSchema(), "headwater\\_%", new String[] {"TABLE"})) {
      while (found.next()) {
        String name = found.getString("TABLE_NAME").toLowerCase(Locale.ROOT);
        if (!name.matches("headwater_v\\d+_.*")) {
          names.add(name);
        }
      }
    }
    return names;
  }
}

package dev.headwater.catalog.registry;

import dev.headwater.catalog.Database;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Brings a database to the newest schema, one numbered step after the other, each once. */
final class Migrations {
  /** Step n is the n-th; a step that was released is never changed. */
  private static final List<String> STEPS =
      List.of("V1__registry.sql", "V2__newest.sql", "V3__adoptions.sql");

  private static final String TABLE = "headwater_schema";
  private static final long POSTGRESQL_LOCK = 0x4865616477617465L;

  private final Database database;
  private final Backup backup;
  private final int newest;

  Migrations(Database database) {
    this(database, STEPS.size());
  }

  /** To an older schema, as an older release has it. */
  Migrations(Database database, int newest) {
    this.database = database;
    this.backup = new Backup(database);
    this.newest = newest;
  }

  /** Brings it there; what it was before is kept first, see {@link Backup}. */
  void run() {
    String doing = "open the registry";
    int found = check(database.run(doing, Migrations::version));
    if (found == newest) {
      return;
    }
    backup.before(found);
    database.transaction(
        doing,
        connection -> {
          lock(connection);
          int now = check(version(connection));
          if (now < newest) {
            backup.within(connection, now);
          }
          for (int step = now; step < newest; step++) {
            apply(connection, step + 1);
          }
          return true;
        });
  }

  /** Looks whether it is there already, and changes nothing. */
  void look() {
    int found = check(database.run("read the registry", Migrations::version));
    if (found < newest) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot read the registry in %s: %s."
              .formatted(
                  database.config().where(),
                  found == 0
                      ? "there is none in it"
                      : "its schema is version %d, this Headwater reads %d"
                          .formatted(found, newest)),
          "Run this Headwater there once: it makes the registry, and brings it up to date.");
    }
  }

  private int check(int version) {
    if (version > newest) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot open the registry in %s: its schema is version %d, this Headwater knows %d."
              .formatted(database.config().where(), version, newest),
          "Use the newer Headwater that wrote it.");
    }
    return version;
  }

  /** One process migrates, others wait: SQLite's transaction holds the write lock anyway. */
  private void lock(Connection connection) throws SQLException {
    if (database.dialect() == Database.Dialect.POSTGRESQL) {
      try (PreparedStatement lock =
          connection.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
        lock.setLong(1, POSTGRESQL_LOCK);
        lock.execute();
      }
    }
  }

  private static int version(Connection connection) throws SQLException {
    try (ResultSet tables = connection.getMetaData().getTables(null, null, TABLE, null)) {
      if (!tables.next()) {
        return 0;
      }
    }
    try (Statement statement = connection.createStatement();
        ResultSet newest = statement.executeQuery("SELECT max(version) FROM headwater_schema")) {
      return newest.next() ? newest.getInt(1) : 0;
    }
  }

  private static void apply(Connection connection, int version) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (version == 1) {
        statement.execute(
            "CREATE TABLE headwater_schema (version INTEGER PRIMARY KEY, applied BIGINT NOT NULL)");
      }
      for (String sql : statements(STEPS.get(version - 1))) {
        statement.execute(sql);
      }
    }
    try (PreparedStatement done =
        connection.prepareStatement(
            "INSERT INTO headwater_schema (version, applied) VALUES (?, ?)")) {
      done.setInt(1, version);
      done.setLong(2, Sql.now());
      done.executeUpdate();
    }
  }

  private static List<String> statements(String step) {
    try (InputStream in = Migrations.class.getResourceAsStream(step)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + step);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String bare = text.replaceAll("(?m)^--.*$", "");
      return bare.lines()
          .collect(java.util.stream.Collectors.joining("\n"))
          .transform(Migrations::split);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> split(String text) {
    return List.of(text.split(";\\s*\n")).stream()
        .map(sql -> sql.strip().replaceAll(";$", ""))
        .filter(sql -> !sql.isEmpty())
        .toList();
  }
}

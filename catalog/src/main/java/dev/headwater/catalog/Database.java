package dev.headwater.catalog;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Semaphore;

/**
 * The JDBC database behind a catalog: a few connections, each checked before it is lent, none used
 * again after an error. Nothing is ever sent twice: whether to repeat a statement whose answer was
 * lost is for the caller, who knows what it means.
 */
public final class Database implements AutoCloseable {
  /** How long, in milliseconds, to wait for another process that is writing. */
  public static final String BUSY_TIMEOUT = "headwater.busy-timeout-ms";

  private static final int CONNECTIONS = 4;
  private static final int CHECK_SECONDS = 10;

  /** What two kinds of database say differently. */
  public enum Dialect {
    SQLITE,
    POSTGRESQL
  }

  /** Work on a connection. */
  @FunctionalInterface
  public interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /** Makes connections. */
  @FunctionalInterface
  interface Source {
    Connection open() throws SQLException;
  }

  private final CatalogConfig config;
  private final Dialect dialect;
  private final Source source;
  private final Semaphore lendable = new Semaphore(CONNECTIONS);
  private final Deque<Connection> idle = new ArrayDeque<>();
  private boolean closed;

  Database(CatalogConfig config, Source source) {
    this.config = config;
    this.dialect = dialect(config);
    this.source = source;
  }

  /** Connects when it is first used. */
  public static Database of(CatalogConfig config) {
    return new Database(config, source(config));
  }

  /**
   * Looks whether a database that is a file is there: who only reads makes none.
   *
   * @throws HeadwaterException UNREACHABLE if it isn't
   */
  public static void checkThere(CatalogConfig config) {
    String file = config.where().replaceFirst("^jdbc:sqlite:", "");
    if (file.startsWith("/") && !Files.exists(Path.of(file))) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "There is no database %s to read.".formatted(file),
          "check the path, or make what is to be read first.");
    }
  }

  static Source source(CatalogConfig config) {
    return dialect(config) == Dialect.SQLITE
        ? () -> sqlite(config)
        : () -> DriverManager.getConnection(uri(config), postgresql(config));
  }

  public Dialect dialect() {
    return dialect;
  }

  public CatalogConfig config() {
    return config;
  }

  /**
   * Runs statements, each its own transaction.
   *
   * @param doing for the message if it fails: "read the runs"
   * @throws HeadwaterException UNREACHABLE, whether or not the work was done
   */
  public <T> T run(String doing, Work<T> work) {
    try {
      return lend(work);
    } catch (SQLException e) {
      throw DatabaseTrouble.explain(config, doing, e);
    }
  }

  /** Runs statements as one transaction; on SQLite it holds the write lock from its beginning. */
  public <T> T transaction(String doing, Work<T> work) {
    return run(
        doing,
        connection -> {
          connection.setAutoCommit(false);
          try {
            T result = work.run(connection);
            connection.commit();
            connection.setAutoCommit(true);
            return result;
          } catch (SQLException | RuntimeException e) {
            // Whatever this says, the reader is to know what failed; nobody uses the connection
            // again.
            try {
              connection.rollback();
            } catch (SQLException again) {
              e.addSuppressed(again);
            }
            throw e;
          }
        });
  }

  /** Runs work once, and gives the connection back only if nothing went wrong. */
  <T> T lend(Work<T> work) throws SQLException {
    lendable.acquireUninterruptibly();
    try {
      Connection connection = borrow();
      boolean sound = false;
      try {
        T result = work.run(connection);
        sound = true;
        return result;
      } finally {
        giveBack(connection, sound);
      }
    } finally {
      lendable.release();
    }
  }

  private Connection borrow() throws SQLException {
    while (true) {
      Connection connection;
      synchronized (idle) {
        if (closed) {
          throw new IllegalStateException("the catalog at " + config.where() + " is closed");
        }
        connection = idle.pollFirst();
      }
      if (connection == null) {
        return source.open();
      }
      if (connection.isValid(CHECK_SECONDS)) {
        return connection;
      }
      discard(connection);
    }
  }

  private void giveBack(Connection connection, boolean sound) {
    synchronized (idle) {
      if (sound && !closed) {
        idle.addFirst(connection);
        return;
      }
    }
    discard(connection);
  }

  private static void discard(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It was given up already; what the work did is told by its own result.
      return;
    }
  }

  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.forEach(Database::discard);
      idle.clear();
    }
  }

  private static Dialect dialect(CatalogConfig config) {
    String uri = uri(config);
    if (uri.startsWith("jdbc:sqlite:")) {
      return Dialect.SQLITE;
    }
    if (uri.startsWith("jdbc:postgresql:")) {
      return Dialect.POSTGRESQL;
    }
    throw new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        "Catalog '%s' at %s is of a kind that Headwater cannot use."
            .formatted(config.name(), config.where()),
        "Use jdbc:sqlite: or jdbc:postgresql:.");
  }

  private static String uri(CatalogConfig config) {
    return config.properties().getOrDefault(CatalogConfig.URI, "");
  }

  private static Connection sqlite(CatalogConfig config) throws SQLException {
    Path file = Path.of(config.where().substring("jdbc:sqlite:".length()));
    Path directory = file.toAbsolutePath().getParent();
    try {
      if (directory != null) {
        Files.createDirectories(directory);
      }
    } catch (java.io.IOException e) {
      throw new SQLException("cannot create the directory " + directory, e);
    }
    Properties properties = new Properties();
    properties.setProperty("busy_timeout", config.properties().getOrDefault(BUSY_TIMEOUT, "15000"));
    properties.setProperty("journal_mode", "WAL");
    // A commit must outlive the machine's power, not only the process.
    properties.setProperty("synchronous", "FULL");
    // Take the write lock at the beginning: a reader that becomes a writer midway can't wait.
    properties.setProperty("transaction_mode", "IMMEDIATE");
    properties.setProperty("foreign_keys", "true");
    return DriverManager.getConnection(uri(config), properties);
  }

  private static Properties postgresql(CatalogConfig config) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "headwater");
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("loginTimeout", "20");
    properties.setProperty("socketTimeout", "120");
    properties.setProperty("tcpKeepAlive", "true");
    String prefix = "jdbc.";
    for (Map.Entry<String, String> entry : Secrets.resolve(config).entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        properties.setProperty(entry.getKey().substring(prefix.length()), entry.getValue());
      }
    }
    return properties;
  }
}

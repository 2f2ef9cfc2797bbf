package dev.headwater.runners;

import dev.headwater.catalog.ForwardingOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.jspecify.annotations.Nullable;

/**
 * A catalog in a database, in which something can happen before or after a commit: in this process
 * whatever {@link #once} says; in a process of its own it stays there until it is killed, if the
 * property {@value #AT} says so.
 */
public final class PausedCatalog extends JdbcCatalog {
  /** {@code before|after TABLE N FILE}: at the n-th commit of a table; the file tells of it. */
  static final String AT = "test.paused.at";

  private static final AtomicInteger COMMITS = new AtomicInteger();
  private static volatile @Nullable Runnable next;
  private static volatile String of = "";

  /** Runs before the next commit of a table. */
  static void once(String table, Runnable what) {
    of = table;
    next = what;
  }

  private static void before(String table) {
    Runnable what = next;
    if (what != null && table.equals(of)) {
      next = null;
      what.run();
    }
  }

  private static void pause(String when, String table) {
    String[] at = System.getProperty(AT, "never").split(" ", 4);
    if (!at[0].equals(when)
        || !at[1].equals(table)
        || COMMITS.incrementAndGet() != Integer.parseInt(at[2])) {
      return;
    }
    try {
      Files.createFile(Path.of(at[3]));
      Thread.sleep(600_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected TableOperations newTableOps(TableIdentifier id) {
    return new Paused(super.newTableOps(id), id.name());
  }

  private record Paused(TableOperations operations, String table) implements ForwardingOperations {
    @Override
    public void commit(@Nullable TableMetadata base, TableMetadata metadata) {
      before(table);
      pause("before", table);
      operations.commit(base, metadata);
      pause("after", table);
    }
  }
}

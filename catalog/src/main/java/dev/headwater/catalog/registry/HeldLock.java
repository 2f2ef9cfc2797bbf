package dev.headwater.catalog.registry;

import dev.headwater.catalog.Database;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lock of this process, renewed three times a lease. */
final class HeldLock implements Locks.Lock {
  private static final Logger LOG = LoggerFactory.getLogger(HeldLock.class);

  private final Database database;
  private final String project;
  private final String target;
  private final Owner owner;
  private final Duration lease;
  private final ScheduledExecutorService renewal;
  private volatile long renewed = System.nanoTime();
  private volatile boolean lost;

  HeldLock(Database database, String project, String target, Owner owner, Duration lease) {
    this.database = database;
    this.project = project;
    this.target = target;
    this.owner = owner;
    this.lease = lease;
    this.renewal =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "headwater-lock-" + target);
              thread.setDaemon(true);
              return thread;
            });
    long millis = Math.max(1, lease.toMillis() / 3);
    // A renewal that fails is only late; the next one may come in time.
    var unused =
        renewal.scheduleWithFixedDelay(this::tryToRenew, millis, millis, TimeUnit.MILLISECONDS);
  }

  private void tryToRenew() {
    try {
      renew();
    } catch (HeadwaterException e) {
      if (e.kind() != Kind.UNREACHABLE) {
        lost = true;
      }
    }
  }

  void renew() {
    long before = System.nanoTime();
    int changed =
        database.transaction(
            "renew the lock of " + target,
            connection ->
                Sql.update(
                    connection,
                    "UPDATE headwater_locks SET expires = ?"
                        + " WHERE project = ? AND target = ? AND owner = ?",
                    Locks.now(connection, database.dialect()) + lease.toNanos() / 1_000,
                    project,
                    target,
                    owner.id()));
    if (changed == 0) {
      lost = true;
    } else {
      renewed = before;
    }
  }

  @Override
  public void check() {
    if (!lost && System.nanoTime() - renewed > lease.toNanos()) {
      // The machine may have slept; nobody need have noticed.
      renew();
    }
    if (lost) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "The lock of %s was taken over by another process.".formatted(target),
          "Let the other one finish; what it commits is not done twice.");
    }
  }

  @Override
  public void confirm() {
    renew();
    check();
  }

  @Override
  public void close() {
    renewal.shutdownNow();
    try {
      database.transaction(
          "unlock " + target,
          connection ->
              Sql.update(
                  connection,
                  "DELETE FROM headwater_locks WHERE project = ? AND target = ? AND owner = ?",
                  project,
                  target,
                  owner.id()));
    } catch (HeadwaterException e) {
      // What was done under it is done; the lock ends with its lease, or with this process.
      LOG.warn("A lock is not given back; it ends by itself", e);
    }
  }
}

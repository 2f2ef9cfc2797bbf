package dev.headwater.catalog.registry;

import static java.time.temporal.ChronoUnit.SECONDS;

import dev.headwater.catalog.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One owner at a time for each target, between processes and machines. Leases are measured by the
 * database's clock where it has one of its own.
 */
public final class Locks {
  private final Database database;

  Locks(Database database) {
    this.database = database;
  }

  /** Who holds a target. */
  public record Holder(String owner, String host, long pid, Instant since, Instant expires) {
    /** "process 4711 on box since 2026-11-21T23:05:10Z". */
    @Override
    public String toString() {
      // Without the name space of its process ids.
      String machine = host.substring(0, host.indexOf('/') < 0 ? host.length() : host.indexOf('/'));
      return "process %d on %s since %s".formatted(pid, machine, since.truncatedTo(SECONDS));
    }
  }

  private record Seen(Owner owner, long expires) {}

  /** A lock that is held, renewed in the background until it is closed. */
  public interface Lock extends AutoCloseable {
    /**
     * Returns while the lock is held.
     *
     * @throws dev.headwater.catalog.HeadwaterException REFUSED if it was lost, as after a long
     *     sleep of the machine
     */
    void check();

    /** As {@link #check}, and asks the database now, whatever is left of the lease. */
    void confirm();

    @Override
    void close();
  }

  /**
   * The target's lock; empty if another holds it. One whose lease has run out, or whose process on
   * this machine is gone, is taken over.
   */
  public Optional<Lock> tryLock(String project, String target, Duration lease) {
    Owner owner = Owner.here();
    boolean ours =
        database.transaction(
            "lock " + target, connection -> take(connection, project, target, owner, lease));
    return ours
        ? Optional.of(new HeldLock(database, project, target, owner, lease))
        : Optional.empty();
  }

  private boolean take(
      Connection connection, String project, String target, Owner owner, Duration lease)
      throws SQLException {
    long now = now(connection, database.dialect());
    long expires = now + lease.toNanos() / 1_000;
    int added =
        Sql.update(
            connection,
            "INSERT INTO headwater_locks (project, target, owner, host, pid, process_started,"
                + " since, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (project, target) DO NOTHING",
            project,
            target,
            owner.id(),
            owner.host(),
            owner.pid(),
            owner.processStarted(),
            now,
            expires);
    if (added == 1) {
      return true;
    }
    Optional<Seen> seen =
        Sql.first(
            connection,
            row -> new Seen(owner(row), row.getLong("expires")),
            "SELECT * FROM headwater_locks WHERE project = ? AND target = ?",
            project,
            target);
    if (seen.isEmpty() || (seen.get().expires() >= now && !seen.get().owner().isGone())) {
      return false;
    }
    // Only as it was seen, not if it was renewed meanwhile: of two who take over, one succeeds.
    return Sql.update(
            connection,
            "UPDATE headwater_locks SET owner = ?, host = ?, pid = ?, process_started = ?,"
                + " since = ?, expires = ? WHERE project = ? AND target = ? AND owner = ?"
                + " AND expires = ?",
            owner.id(),
            owner.host(),
            owner.pid(),
            owner.processStarted(),
            now,
            expires,
            project,
            target,
            seen.get().owner().id(),
            seen.get().expires())
        == 1;
  }

  public Optional<Holder> holder(String project, String target) {
    return database.run(
        "read the lock of " + target,
        connection ->
            Sql.first(
                connection,
                row ->
                    new Holder(
                        row.getString("owner"),
                        row.getString("host"),
                        row.getLong("pid"),
                        Sql.time(row, "since"),
                        Sql.time(row, "expires")),
                "SELECT * FROM headwater_locks WHERE project = ? AND target = ?",
                project,
                target));
  }

  /** Who holds a target, in words; "another run" if it has just been given back. */
  public String by(String project, String target) {
    return holder(project, target).map(Holder::toString).orElse("another run");
  }

  private static Owner owner(ResultSet row) throws SQLException {
    return new Owner(
        row.getString("owner"),
        row.getString("host"),
        row.getLong("pid"),
        row.getLong("process_started"));
  }

  static long now(Connection connection, Database.Dialect dialect) throws SQLException {
    if (dialect == Database.Dialect.SQLITE) {
      return Sql.now();
    }
    return Sql.first(
            connection,
            row -> row.getLong(1),
            "SELECT cast(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)")
        .orElseThrow();
  }
}

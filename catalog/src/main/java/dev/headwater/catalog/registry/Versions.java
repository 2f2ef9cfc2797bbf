package dev.headwater.catalog.registry;

import dev.headwater.catalog.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The versions of things that runs which succeeded wrote or read. */
public final class Versions {
  private static final int LAST = 1_000;

  private final Database database;

  Versions(Database database) {
    this.database = database;
  }

  /**
   * A version of a thing, as runs know it.
   *
   * @param since when the run that wrote it ended; of what none of them wrote, when the first one
   *     began that read it
   */
  public record Seen(String version, Instant since) {}

  /**
   * The versions of a thing that begin so and that runs which succeeded wrote or read, the oldest
   * first.
   */
  public List<Seen> beginning(String kind, String name, String text) {
    return seen(kind, name, "substr(e.version, 1, ?) = ?", List.of(text.length(), text));
  }

  /** This very version of a thing, if a run that succeeded wrote or read it. */
  public Optional<Seen> find(Edge edge) {
    return seen(edge.kind(), edge.name(), "e.version = ?", List.of(edge.version())).stream()
        .findFirst();
  }

  private List<Seen> seen(String kind, String name, String condition, List<Object> values) {
    List<Object> all = new ArrayList<>(List.of(kind, name));
    all.addAll(values);
    return seen(
        name,
        "SELECT e.version AS version, coalesce("
            + "min(CASE e.direction WHEN 'out' THEN r.ended END), min(r.started)) AS since"
            + " FROM headwater_edges e JOIN headwater_runs r ON r.id = e.run"
            + " WHERE e.kind = ? AND e.name = ? AND r.status = 'SUCCEEDED' AND "
            + condition
            + " GROUP BY e.version ORDER BY since, min(r.id)",
        all);
  }

  /**
   * The version of a thing that was written last; one that no run wrote, as of somebody else's
   * table or of a stream that goes on, if it was first read after that.
   *
   * @param until written, or read, by then; null: at any time, among the {@value #LAST} runs that
   *     began last
   */
  public Optional<Seen> newest(String kind, String name, @Nullable Instant until) {
    Optional<Seen> written = last(kind, name, "out", "ended", until).stream().findFirst();
    List<Seen> read = last(kind, name, "in", "started", until);
    Instant since = written.map(Seen::since).orElse(Instant.MIN);
    return read.stream()
        .takeWhile(s -> s.since().isAfter(since))
        .map(Seen::version)
        .distinct()
        .flatMap(version -> find(new Edge(kind, name, version)).stream())
        .filter(s -> s.since().isAfter(since))
        .filter(s -> until == null || !s.since().isAfter(until))
        .findFirst()
        .or(() -> written);
  }

  /** Versions that runs wrote or read, by a time of theirs, the newest first. */
  private List<Seen> last(
      String kind, String name, String direction, String time, @Nullable Instant until) {
    List<Object> values = new ArrayList<>(List.of(kind, name, direction));
    if (until != null) {
      values.add(until);
    }
    return seen(
        name,
        "SELECT e.version AS version, r."
            + time
            + " AS since FROM (SELECT run, version FROM headwater_edges"
            + " WHERE kind = ? AND name = ? AND direction = ?"
            + (until == null ? " ORDER BY run DESC LIMIT " + LAST : "")
            + ") e JOIN headwater_runs r ON r.id = e.run WHERE r.status = 'SUCCEEDED'"
            + (until == null ? "" : " AND r." + time + " <= ?")
            + " ORDER BY since DESC, r.id DESC",
        values);
  }

  private List<Seen> seen(String name, String sql, List<Object> values) {
    return database.run(
        "read the versions of " + name,
        connection ->
            Sql.list(
                connection,
                row -> new Seen(row.getString("version"), Sql.time(row, "since")),
                sql,
                values.toArray()));
  }
}

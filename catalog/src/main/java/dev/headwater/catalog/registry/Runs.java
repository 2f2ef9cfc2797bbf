package dev.headwater.catalog.registry;

import dev.headwater.catalog.Database;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The runs of all projects, and what each read and wrote. */
public final class Runs {
  private static final String NEWEST = " ORDER BY r.started DESC, r.id DESC ";

  private final Database database;

  Runs(Database database) {
    this.database = database;
  }

  /** Writes an open run. The same run again changes nothing. */
  public void start(Run run) {
    if (run.status() != Run.Status.OPEN) {
      throw new IllegalArgumentException("run " + run.id() + " is " + run.status() + ", not open");
    }
    database.transaction(
        "write run " + run.id(),
        connection -> {
          int added = RunRows.insert(connection, run);
          if (added == 1) {
            RunRows.writeEdges(connection, run.id(), RunRows.IN, run.inputs());
            RunRows.writeEdges(connection, run.id(), RunRows.OUT, run.outputs());
          }
          return added;
        });
  }

  /**
   * An open run, with what it has read and written by now in the place of what was known: for one
   * that goes on for long.
   */
  public Run advance(UUID id, List<Edge> inputs, List<Edge> outputs) {
    return database.transaction(
        "write down how far run " + id + " is",
        connection -> {
          Run run =
              find(connection, id)
                  .filter(r -> r.status() == Run.Status.OPEN)
                  .orElseThrow(
                      () ->
                          new HeadwaterException(
                              Kind.REFUSED,
                              "Run %s is not open.".formatted(id),
                              "Begin a new run."));
          RunRows.replaceEdges(connection, id, RunRows.IN, inputs);
          RunRows.replaceEdges(connection, id, RunRows.OUT, outputs);
          return run.with(inputs, outputs);
        });
  }

  /** Closes a run. Closing it again in the same way changes nothing; in another way is refused. */
  public Run finish(
      UUID id,
      Run.Status status,
      List<Edge> outputs,
      Map<String, Double> metrics,
      @Nullable String error) {
    if (status == Run.Status.OPEN) {
      throw new IllegalArgumentException("a run is not finished as open");
    }
    return database.transaction(
        "close run " + id,
        connection -> {
          int closed =
              Sql.update(
                  connection,
                  "UPDATE headwater_runs SET status = ?, ended = ?, metrics = ?, error = ?"
                      + " WHERE id = ? AND status = 'OPEN'",
                  status,
                  Instant.now(),
                  metrics,
                  error,
                  id);
          if (closed == 1) {
            RunRows.replaceEdges(connection, id, RunRows.OUT, outputs);
          }
          Run run =
              find(connection, id)
                  .orElseThrow(
                      () ->
                          new HeadwaterException(
                              Kind.FAILED,
                              "Cannot close run %s: the registry has none of this id."
                                  .formatted(id),
                              "Start it first."));
          if (run.status() != status) {
            throw new HeadwaterException(
                Kind.REFUSED,
                "Cannot close run %s as %s: it is closed as %s."
                    .formatted(id, status, run.status()),
                "Begin a new run.");
          }
          return run;
        });
  }

  public Optional<Run> find(UUID id) {
    return database.run("read run " + id, connection -> find(connection, id));
  }

  private static Optional<Run> find(Connection connection, UUID id) throws SQLException {
    return RunRows.select(connection, "WHERE r.id = ?", id).stream().findFirst();
  }

  /** The run of a target that is not closed, to be adopted: the newest if there are several. */
  public Optional<Run> open(String project, String target) {
    return newest("AND r.status = 'OPEN'", project, target);
  }

  /** All runs of a target that are not closed, the newest first. */
  public List<Run> allOpen(String project, String target) {
    return query(
        "WHERE r.project = ? AND r.target = ? AND r.status = 'OPEN'" + NEWEST, project, target);
  }

  /** All runs of a project that are not closed, the newest first. */
  public List<Run> allOpen(String project) {
    return query("WHERE r.project = ? AND r.status = 'OPEN'" + NEWEST, project);
  }

  /** The last run of a target that succeeded; what was accepted of it since, as accepted. */
  public Optional<Run> lastSucceeded(String project, String target) {
    return newest("AND r.status = 'SUCCEEDED'", project, target)
        .map(new Adoptions(database)::accepted);
  }

  /** The run of the same target that succeeded before this one began. */
  public Optional<Run> before(Run run) {
    return query(
            "WHERE r.project = ? AND r.target = ? AND r.status = 'SUCCEEDED' AND r.started < ?"
                + NEWEST
                + "LIMIT 1",
            run.project(),
            run.target(),
            run.started())
        .stream()
        .findFirst();
  }

  private Optional<Run> newest(String condition, String project, String target) {
    return query(
            "WHERE r.project = ? AND r.target = ? " + condition + NEWEST + "LIMIT 1",
            project,
            target)
        .stream()
        .findFirst();
  }

  /** The newest first. */
  public List<Run> list(String project, int limit) {
    return query("WHERE r.project = ?" + NEWEST + "LIMIT ?", project, limit);
  }

  /**
   * The newest first; null is any.
   *
   * @param since began then or later
   */
  public List<Run> list(
      String project,
      @Nullable String target,
      Run.@Nullable Status status,
      @Nullable Instant since,
      int limit) {
    StringBuilder where = new StringBuilder("WHERE r.project = ?");
    List<Object> values = new ArrayList<>(List.of(project));
    if (target != null) {
      where.append(" AND r.target = ?");
      values.add(target);
    }
    if (status != null) {
      where.append(" AND r.status = ?");
      values.add(status);
    }
    if (since != null) {
      where.append(" AND r.started >= ?");
      values.add(since);
    }
    values.add(limit);
    return query(where + NEWEST + "LIMIT ?", values.toArray());
  }

  /** Runs whose ids begin so, the newest first; two at most. */
  public List<Run> beginning(String project, String id) {
    return query(
        "WHERE r.project = ? AND substr(r.id, 1, ?) = ?" + NEWEST + "LIMIT 2",
        project,
        id.length(),
        id);
  }

  /** The names of all projects that have runs. */
  public List<String> projects() {
    return database.run(
        "read the projects",
        connection ->
            Sql.list(
                connection,
                row -> row.getString("project"),
                "SELECT DISTINCT project FROM headwater_runs ORDER BY project"));
  }

  /** Runs whose parent it is, in the order of their start. */
  public List<Run> children(UUID parent) {
    return query("WHERE r.parent = ? ORDER BY r.started, r.id", parent);
  }

  /** Runs that wrote this very version; an empty version: any. Newest first. */
  public List<Run> writersOf(Edge edge) {
    return at(RunRows.OUT, edge);
  }

  /** Runs that read this very version; an empty version: any. Newest first. */
  public List<Run> readersOf(Edge edge) {
    return at(RunRows.IN, edge);
  }

  private List<Run> at(String direction, Edge edge) {
    String any =
        "WHERE r.id IN (SELECT e.run FROM headwater_edges e WHERE e.kind = ?"
            + " AND e.name = ? AND e.direction = ?";
    return edge.version().isEmpty()
        ? query(any + ")" + NEWEST, edge.kind(), edge.name(), direction)
        : query(
            any + " AND e.version = ?)" + NEWEST,
            edge.kind(),
            edge.name(),
            direction,
            edge.version());
  }

  private List<Run> query(String rest, Object... values) {
    return database.run("read the runs", connection -> RunRows.select(connection, rest, values));
  }
}

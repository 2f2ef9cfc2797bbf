package dev.headwater.catalog.registry;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Runs and their edges as the database's rows. */
final class RunRows {
  /** The direction of what a run reads. */
  static final String IN = "in";

  /** The direction of what a run writes. */
  static final String OUT = "out";

  private RunRows() {}

  /** How many are new: one, or none where the run is there already. Its edges are not written. */
  static int insert(Connection connection, Run run) throws SQLException {
    return Sql.update(
        connection,
        "INSERT INTO headwater_runs (id, project, stage, target, parent, started,"
            + " parameters, declaration, stage_version, metrics, status)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        run.id(),
        run.project(),
        run.stage(),
        run.target(),
        text(run.parent()),
        run.started(),
        run.parameters(),
        run.declaration(),
        run.stageVersion(),
        run.metrics(),
        run.status());
  }

  /**
   * Runs with their edges.
   *
   * @param rest what follows on {@code SELECT ... FROM headwater_runs r}
   */
  static List<Run> select(Connection connection, String rest, Object... values)
      throws SQLException {
    List<Run> bare =
        Sql.list(connection, RunRows::run, "SELECT r.* FROM headwater_runs r " + rest, values);
    List<Run> runs = new ArrayList<>();
    for (Run run : bare) {
      runs.add(run.with(edges(connection, run, IN), edges(connection, run, OUT)));
    }
    return runs;
  }

  private static List<Edge> edges(Connection connection, Run run, String direction)
      throws SQLException {
    return Sql.list(
        connection,
        row -> new Edge(row.getString("kind"), row.getString("name"), row.getString("version")),
        "SELECT kind, name, version FROM headwater_edges WHERE run = ? AND direction = ?"
            + " ORDER BY place",
        run.id(),
        direction);
  }

  /** Writes the edges of a run that has none in this direction. */
  static void writeEdges(Connection connection, UUID run, String direction, List<Edge> edges)
      throws SQLException {
    int place = 0;
    for (Edge edge : edges) {
      Sql.update(
          connection,
          "INSERT INTO headwater_edges (run, direction, place, kind, name, version)"
              + " VALUES (?, ?, ?, ?, ?, ?)",
          run,
          direction,
          place++,
          edge.kind(),
          edge.name(),
          edge.version());
    }
  }

  /** Writes the edges of a run in the place of those that it has in this direction. */
  static void replaceEdges(Connection connection, UUID run, String direction, List<Edge> edges)
      throws SQLException {
    Sql.update(
        connection, "DELETE FROM headwater_edges WHERE run = ? AND direction = ?", run, direction);
    writeEdges(connection, run, direction, edges);
  }

  private static Run run(ResultSet row) throws SQLException {
    String parent = row.getString("parent");
    return new Run(
        UUID.fromString(row.getString("id")),
        row.getString("project"),
        row.getString("stage"),
        row.getString("target"),
        parent == null ? null : UUID.fromString(parent),
        Sql.time(row, "started"),
        List.of(),
        List.of(),
        Sql.strings(row, "parameters"),
        row.getString("declaration"),
        row.getString("stage_version"),
        Sql.numbers(row, "metrics"),
        Run.Status.valueOf(row.getString("status")),
        Sql.timeOrNull(row, "ended"),
        row.getString("error"));
  }

  private static @Nullable String text(@Nullable UUID id) {
    return id == null ? null : id.toString();
  }
}

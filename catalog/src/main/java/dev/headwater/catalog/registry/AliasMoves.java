package dev.headwater.catalog.registry;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where one alias has pointed, move by move, as a transaction sees it. Nothing is overwritten: a
 * move has a number, and of two processes that take the same one only one succeeds.
 */
final class AliasMoves {
  private static final String PROMOTED = "promoted";
  private static final String ROLLED_BACK = "rolled back";

  /** One move, and what kind it was. */
  private record Move(int number, String kind, Alias alias) {}

  private final Connection connection;
  private final String project;
  private final String model;
  private final String name;
  private final List<Move> moves;

  private AliasMoves(
      Connection connection, String project, String model, String name, List<Move> moves) {
    this.connection = connection;
    this.project = project;
    this.model = model;
    this.name = name;
    this.moves = moves;
  }

  static AliasMoves of(Connection connection, String project, String model, String name)
      throws SQLException {
    List<Move> moves =
        Sql.list(
            connection,
            row -> new Move(row.getInt("move"), row.getString("kind"), alias(row)),
            "SELECT * FROM headwater_alias_moves WHERE project = ? AND model = ? AND name = ?"
                + " ORDER BY move",
            project,
            model,
            name);
    return new AliasMoves(connection, project, model, name, moves);
  }

  /** Where each alias of a model points now, by name. */
  static List<Alias> now(Connection connection, String project, String model) throws SQLException {
    return Sql.list(
        connection,
        AliasMoves::alias,
        "SELECT m.* FROM headwater_alias_moves m WHERE m.project = ? AND m.model = ?"
            + " AND m.move = (SELECT max(n.move) FROM headwater_alias_moves n"
            + " WHERE n.project = m.project AND n.model = m.model AND n.name = m.name)"
            + " ORDER BY m.name",
        project,
        model);
  }

  /** Every move, the newest first. */
  List<Alias> all() {
    List<Alias> all = new ArrayList<>(moves.stream().map(Move::alias).toList());
    Collections.reverse(all);
    return all;
  }

  /** To a version, from the expected one. */
  Alias promote(@Nullable Integer expected, int version, String by, String reason)
      throws SQLException {
    check(expected);
    return append(PROMOTED, version, expected, by, reason);
  }

  /** To the version before the promotion of the expected one, where it points. */
  Alias rollback(int expected, String by, String reason) throws SQLException {
    check(expected);
    Deque<Integer> versions = new ArrayDeque<>();
    for (Move move : moves) {
      if (move.kind().equals(PROMOTED)) {
        versions.push(move.alias().version());
      } else {
        versions.pop();
      }
    }
    versions.pop();
    Integer earlier = versions.peek();
    if (earlier == null) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot roll back %s@%s: it has always pointed to version %d."
              .formatted(model, name, expected),
          "Promote the version that you want.");
    }
    return append(ROLLED_BACK, earlier, expected, by, reason);
  }

  private void check(@Nullable Integer expected) {
    Integer now = moves.isEmpty() ? null : moves.get(moves.size() - 1).alias().version();
    if (!Objects.equals(now, expected)) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot move %s@%s: it points to %s, not to %s."
              .formatted(
                  model,
                  name,
                  now == null ? "nothing" : "version " + now,
                  expected == null ? "nothing" : "version " + expected),
          "Look at what changed, and decide again.");
    }
  }

  private Alias append(
      String kind, int version, @Nullable Integer previous, String by, String reason)
      throws SQLException {
    Alias next = new Alias(project, model, name, version, previous, by, reason, Instant.now());
    int number = moves.isEmpty() ? 1 : moves.get(moves.size() - 1).number() + 1;
    int added =
        Sql.update(
            connection,
            "INSERT INTO headwater_alias_moves (project, model, name, move, kind, version,"
                + " previous, author, reason, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING",
            next.project(),
            next.model(),
            next.name(),
            number,
            kind,
            next.version(),
            next.previous(),
            next.by(),
            next.reason(),
            next.since());
    if (added == 0) {
      throw Models.moved("move %s@%s".formatted(model, name));
    }
    return next;
  }

  private static Alias alias(ResultSet row) throws SQLException {
    int previous = row.getInt("previous");
    boolean first = row.wasNull();
    return new Alias(
        row.getString("project"),
        row.getString("model"),
        row.getString("name"),
        row.getInt("version"),
        first ? null : previous,
        row.getString("author"),
        row.getString("reason"),
        Sql.time(row, "since"));
  }
}

package dev.headwater.catalog.registry;

import dev.headwater.catalog.Database;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Models, their versions, and the aliases that point to them. */
public final class Models {
  private final Database database;

  Models(Database database) {
    this.database = database;
  }

  /**
   * The next version of a model. The same run again gets the version that it already has.
   *
   * @throws HeadwaterException REFUSED if that version has another digest, or if the run was closed
   *     as failed; FAILED if another process took the number at the same moment
   */
  public ModelVersion register(
      String project,
      String model,
      UUID run,
      String location,
      String digest,
      Map<String, Double> metrics,
      String detail) {
    return database.transaction(
        "register model " + model,
        connection -> {
          Optional<ModelVersion> there =
              select(connection, "WHERE project = ? AND model = ? AND run = ?", project, model, run)
                  .stream()
                  .findFirst();
          if (there.isPresent()) {
            return same(there.get(), digest);
          }
          refuseEnded(connection, model, run);
          int version =
              Sql.first(
                          connection,
                          row -> row.getInt(1),
                          "SELECT coalesce(max(version), 0) FROM headwater_models"
                              + " WHERE project = ? AND model = ?",
                          project,
                          model)
                      .orElse(0)
                  + 1;
          int added =
              Sql.update(
                  connection,
                  "INSERT INTO headwater_models (project, model, version, run, location, digest,"
                      + " metrics, detail, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                      + " ON CONFLICT DO NOTHING",
                  project,
                  model,
                  version,
                  run,
                  location,
                  digest,
                  metrics,
                  detail,
                  Instant.now());
          if (added == 0) {
            throw moved("register version %d of model %s".formatted(version, model));
          }
          return find(connection, project, model, version).orElseThrow();
        });
  }

  /**
   * A run that was given up brings no version; its row is held, so that nobody ends it meanwhile.
   */
  private static void refuseEnded(Connection connection, String model, UUID run)
      throws SQLException {
    Sql.update(connection, "UPDATE headwater_runs SET status = status WHERE id = ?", run);
    if (Sql.first(
            connection,
            row -> row.getString(1),
            "SELECT status FROM headwater_runs WHERE id = ?",
            run)
        .filter(Run.Status.FAILED.name()::equals)
        .isPresent()) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot register model %s: run %s was ended, and another may have its place."
              .formatted(model, run),
          "Nothing is lost: run again, and what is missing is done.");
    }
  }

  private static ModelVersion same(ModelVersion there, String digest) {
    if (!there.digest().equals(digest)) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot register model %s: run %s has registered version %d with another digest."
              .formatted(there.model(), there.run(), there.version()),
          "Begin a new run; a version never changes.");
    }
    return there;
  }

  public Optional<ModelVersion> find(String project, String model, int version) {
    return database.run("read model " + model, c -> find(c, project, model, version));
  }

  private static Optional<ModelVersion> find(
      Connection connection, String project, String model, int version) throws SQLException {
    return select(
            connection, "WHERE project = ? AND model = ? AND version = ?", project, model, version)
        .stream()
        .findFirst();
  }

  /** The newest first. */
  public List<ModelVersion> versions(String project, String model) {
    return database.run(
        "read model " + model,
        c -> select(c, "WHERE project = ? AND model = ? ORDER BY version DESC", project, model));
  }

  /** The names of a project's models. */
  public List<String> names(String project) {
    return database.run(
        "read the models",
        c ->
            Sql.list(
                c,
                row -> row.getString(1),
                "SELECT DISTINCT model FROM headwater_models WHERE project = ? ORDER BY model",
                project));
  }

  public Optional<Alias> alias(String project, String model, String alias) {
    return history(project, model, alias).stream().findFirst();
  }

  /** The aliases of a model, by name. */
  public List<Alias> aliases(String project, String model) {
    return database.run("read model " + model, c -> AliasMoves.now(c, project, model));
  }

  /**
   * Points an alias to a version, if it still points to the expected one.
   *
   * @param expected the version that it points to now; null: it must not exist
   * @throws HeadwaterException REFUSED if it points elsewhere; FAILED if there is no such version
   */
  public Alias promote(
      String project,
      String model,
      String alias,
      @Nullable Integer expected,
      int version,
      String by,
      String reason) {
    return database.transaction(
        "promote model " + model,
        connection -> {
          if (find(connection, project, model, version).isEmpty()) {
            throw new HeadwaterException(
                Kind.FAILED,
                "Cannot promote %s@%d: project %s has no such version."
                    .formatted(model, version, project),
                "Choose one of its versions.");
          }
          return AliasMoves.of(connection, project, model, alias)
              .promote(expected, version, by, reason);
        });
  }

  /**
   * Points an alias back to the version that it had before its present one was promoted; again and
   * again down to the first.
   *
   * @throws HeadwaterException REFUSED if it doesn't point to the expected version, or has no
   *     earlier one
   */
  public Alias rollback(
      String project, String model, String alias, int expected, String by, String reason) {
    return database.transaction(
        "roll back model " + model,
        c -> AliasMoves.of(c, project, model, alias).rollback(expected, by, reason));
  }

  /** Every move of an alias, the newest first. */
  public List<Alias> history(String project, String model, String alias) {
    return database.run("read model " + model, c -> AliasMoves.of(c, project, model, alias).all());
  }

  static HeadwaterException moved(String doing) {
    return new HeadwaterException(
        Kind.REFUSED,
        "Cannot %s: another process did so at the same moment.".formatted(doing),
        "Look at what changed, and try again.");
  }

  private static List<ModelVersion> select(Connection connection, String rest, Object... values)
      throws SQLException {
    return Sql.list(
        connection,
        row ->
            new ModelVersion(
                row.getString("project"),
                row.getString("model"),
                row.getInt("version"),
                UUID.fromString(row.getString("run")),
                row.getString("location"),
                row.getString("digest"),
                Sql.numbers(row, "metrics"),
                row.getString("detail"),
                Sql.time(row, "created")),
        "SELECT * FROM headwater_models " + rest,
        values);
  }
}

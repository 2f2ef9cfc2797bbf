package dev.headwater.catalog.registry;

import dev.headwater.catalog.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What was accepted of runs. Their records stay as they are; nothing that was accepted is ever
 * overwritten.
 */
public final class Adoptions {
  private final Database database;

  Adoptions(Database database) {
    this.database = database;
  }

  /** Accepts what a run has made. */
  public void add(UUID run, Adoption adoption) {
    int unused =
        database.transaction(
            "accept run " + run,
            connection ->
                Sql.update(
                    connection,
                    "INSERT INTO headwater_adoptions (run, place, parameters, stage_version,"
                        + " author, reason, since) SELECT ?, coalesce(max(place), 0) + 1, ?, ?, ?,"
                        + " ?, ? FROM headwater_adoptions WHERE run = ?",
                    run,
                    adoption.parameters(),
                    adoption.stageVersion(),
                    adoption.by(),
                    adoption.reason(),
                    adoption.since(),
                    run));
  }

  /** What was accepted of a run, the oldest first. */
  public List<Adoption> of(UUID run) {
    return database.run(
        "read what was accepted of run " + run,
        connection ->
            Sql.list(
                connection,
                row ->
                    new Adoption(
                        Sql.strings(row, "parameters"),
                        row.getString("stage_version"),
                        row.getString("author"),
                        row.getString("reason"),
                        Sql.time(row, "since")),
                "SELECT * FROM headwater_adoptions WHERE run = ? ORDER BY place",
                run));
  }

  /** A run as it was accepted last. */
  Run accepted(Run run) {
    List<Adoption> all = of(run.id());
    if (all.isEmpty()) {
      return run;
    }
    Adoption last = all.get(all.size() - 1);
    Map<String, String> parameters = new HashMap<>(run.parameters());
    parameters.putAll(last.parameters());
    return run.with(parameters, last.stageVersion());
  }
}

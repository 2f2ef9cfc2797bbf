package dev.headwater.benchmarks;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.catalog.registry.RunIds;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Question;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.Target;
import dev.headwater.runners.EngineLaunchers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.types.Types;

/**
 * Questions of lineage over an archive of so many runs: of rounds in which a new file became a
 * table's snapshot, that two views, a model, scores and a drift report, and one compaction between.
 * The clock begins with the question, in a process that has opened the project and asked nothing.
 */
final class LineageArchive {
  private static final String YAML =
      """
      project: flights
      sources:
        flights_file: data/*.parquet
      tables:
        flights: {from: flights_file, time: date}
      features:
        airport_delays:
          {from: flights, key: origin, windows: [24h], values: {mean_delay: avg(delay)}}
        nation_delays: {from: flights, windows: [24h], values: {mean_delay: avg(delay)}}
      models:
        late:
          rows: flights
          time: date
          inputs: {origin: {view: airport_delays, key: origin}, nation: {view: nation_delays}}
          label: delay > 15
          split: {by: date, train_until: 2001-05-01, holdout_until: 2001-06-01}
          network: {mlp: [16]}
      scores:
        late_scores: {model: late@champion, rows: flights}
      monitors:
        late_drift: {model: late@champion, current: late_scores, by: week}
      """;
  private static final List<String> TABLES =
      List.of("flights", "airport_delays", "nation_delays", "late_scores", "late_drift");

  private LineageArchive() {}

  /** Arguments: the folder; {@code fill} and how many runs, or {@code ask}. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    if (args[1].equals("fill")) {
      fill(folder, Integer.parseInt(args[2]));
    } else {
      ask(folder);
    }
  }

  private static void fill(Path folder, int runs) throws Exception {
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(folder.resolve("headwater.yaml"), YAML);
    CatalogConfig config = CatalogConfig.embedded(folder.resolve(".headwater"));
    Files.createDirectories(folder.resolve(".headwater"));
    Schema schema =
        new Schema(
            Types.NestedField.optional(1, "date", Types.TimestampType.withoutZone()),
            Types.NestedField.optional(2, "origin", Types.StringType.get()),
            Types.NestedField.optional(3, "delay", Types.LongType.get()));
    try (TableCatalog catalog = TableCatalog.open(config);
        Registry registry = Registry.open(config)) {
      for (String table : TABLES) {
        catalog.create(
            TableRef.of("flights", table),
            schema,
            PartitionSpec.unpartitioned(),
            SortOrder.unsorted(),
            Map.of());
      }
    }
    Path database = folder.resolve(".headwater/catalog.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
      connection.setAutoCommit(false);
      Filling filling = new Filling(connection);
      for (int round = 0; filling.runs < runs; round++) {
        filling.round(round);
      }
      filling.close();
      connection.commit();
    }
  }

  /**
   * Writes runs straight into the registry's tables, since a hundred thousand commits take long.
   */
  private static final class Filling {
    private final PreparedStatement run;
    private final PreparedStatement edge;
    private final PreparedStatement model;
    private int runs;

    Filling(Connection connection) throws SQLException {
      run =
          connection.prepareStatement(
              "INSERT INTO headwater_runs (id, project, stage, target, started, parameters,"
                  + " declaration, stage_version, metrics, status, ended)"
                  + " VALUES (?, 'flights', ?, ?, ?, '{}', '', '1', '{}', 'SUCCEEDED', ?)");
      edge =
          connection.prepareStatement(
              "INSERT INTO headwater_edges (run, direction, place, kind, name, version)"
                  + " VALUES (?, ?, ?, ?, ?, ?)");
      model =
          connection.prepareStatement(
              "INSERT INTO headwater_models (project, model, version, run, location, digest,"
                  + " metrics, detail, created) VALUES ('flights', 'late', ?, ?, '', 'd', '{}',"
                  + " '{}', ?)");
    }

    void round(int n) throws SQLException {
      String file = "file data/%06d.parquet %064x".formatted(n, n);
      String version = Integer.toString(n + 1);
      String flights = table("flights", n);
      String airports = table("airport_delays", n);
      String nation = table("nation_delays", n);
      String late = "model late " + version;
      String scores = table("late_scores", n);
      add("ingest", "table/flights", List.of(file), flights);
      add("features", "features/airport_delays", List.of(flights), airports);
      add("features", "features/nation_delays", List.of(flights), nation);
      UUID trained = add("train", "model/late", List.of(flights, airports, nation), late);
      model.setInt(1, n + 1);
      model.setString(2, trained.toString());
      model.setLong(3, time());
      model.executeUpdate();
      add("score", "score/late_scores", List.of(flights, airports, nation, late), scores);
      add("drift", "monitor/late_drift", List.of(scores, late), table("late_drift", n));
    }

    private static String table(String name, int n) {
      return "table flights." + name + " " + (1_000_000_000_000L + n);
    }

    private long time() {
      return 1_000_000L * (1_700_000_000L + runs);
    }

    private UUID add(String stage, String target, List<String> inputs, String output)
        throws SQLException {
      UUID id = RunIds.next();
      run.setString(1, id.toString());
      run.setString(2, stage);
      run.setString(3, target);
      run.setLong(4, time());
      run.setLong(5, time() + 500_000);
      run.executeUpdate();
      for (int i = 0; i < inputs.size(); i++) {
        edge(id, "in", i, inputs.get(i));
      }
      edge(id, "out", 0, output);
      runs++;
      return id;
    }

    private void edge(UUID id, String direction, int place, String thing) throws SQLException {
      String[] parts = thing.split(" ", -1);
      edge.setString(1, id.toString());
      edge.setString(2, direction);
      edge.setInt(3, place);
      for (int i = 0; i < 3; i++) {
        edge.setString(4 + i, parts[i]);
      }
      edge.executeUpdate();
    }

    void close() throws SQLException {
      run.close();
      edge.close();
      model.close();
    }
  }

  private static void ask(Path folder) {
    Project project = ProjectFile.read(folder);
    Target late = project.target("model/late");
    Target flights = project.target("table/flights");
    Question.Scope now = Question.Scope.NOW;
    List<Question> questions =
        List.of(
            new Question.Trace(late, null, null, now),
            new Question.Trace(late, "1", null, now),
            new Question.ImpactOfFile("data/000007.parquet", now),
            new Question.Impact(flights, null, null, now),
            new Question.Trace(late, null, "probability", now));
    List<Double> first = new ArrayList<>();
    List<Double> again = new ArrayList<>();
    try (Launcher launcher = new EngineLaunchers().open(project, LaunchOptions.DEFAULT)) {
      for (List<Double> times : List.of(first, again)) {
        for (Question question : questions) {
          long start = System.nanoTime();
          launcher.ask(question);
          times.add((System.nanoTime() - start) / 1e6);
        }
      }
    }
    for (int i = 0; i < first.size(); i++) {
      System.out.printf(
          Locale.ROOT,
          "ASKED %.0f ms, again %.0f ms: %s%n",
          first.get(i),
          again.get(i),
          questions.get(i));
    }
    double[] all = first.stream().mapToDouble(Double::doubleValue).toArray();
    System.out.printf(
        Locale.ROOT,
        "RATIO lineage trace_ms=%.0f impact_ms=%.0f%n",
        Math.max(all[0], all[1]),
        Math.max(all[2], all[3]));
    System.err.println(Arrays.toString(all));
  }
}

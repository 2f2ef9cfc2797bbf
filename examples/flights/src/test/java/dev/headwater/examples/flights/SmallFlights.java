package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.RunEvent;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.runners.EngineLaunchers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;

/** The example's project with every fortieth of its flights, in a folder of its own. */
final class SmallFlights {
  /** Rows of the example that the small file has; those that break the contract are all in it. */
  static final String FORTIETH =
      "file_row_number % 40 = 0 or delay < -100 or delay > 1500 or date >= '2001-07-01'";

  /** The same of a two hundredth. */
  static final String FEW = FORTIETH.replace("% 40 ", "% 200 ");

  static final String YAML =
      """
      project: flights
      sources:
        flights_file: data/*.parquet
      tables:
        flights:
          from: flights_file
          time: date
          partition: month(date)
          contract: contracts/flights.yaml
      features:
        airport_delays:
          from: flights
          key: origin
          known: date + interval '6' hour
          windows: [3h, 24h]
          values: &delays
            flights: count(*)
            mean_delay: avg(delay)
            late_share: share(delay > 15)
        nation_delays:
          from: flights
          known: date + interval '12' hour
          windows: [3h, 24h]
          values: *delays
      models:
        late:
          rows: flights
          time: date
          inputs:
            origin: {view: airport_delays, key: origin}
            nation: {view: nation_delays}
            distance: distance
            hour: extract(hour from date)
          label: delay > 15
          split: {by: date, train_until: 2001-05-01, holdout_until: 2001-06-01}
          network: {mlp: [16]}
          training: {device: cpu, epochs: 1}
      scores:
        late_scores: {model: late@champion, rows: flights, where: "date >= '2001-06-01'"}
      monitors:
        late_drift: {model: late@champion, current: late_scores, by: week}
      """;

  static final String CONTRACT =
      """
      columns:
        date: {required: true}
        delay: {required: true, min: -100, max: 1500}
        distance: {required: true, min: 1}
      rules:
        first_half_of_2001: "date >= '2001-01-01' and date < '2001-07-01'"
      """;

  /** The same as the contract, for DuckDB. */
  static final String KEPT =
      "date is not null and delay between -100 and 1500 and distance >= 1"
          + " and date >= '2001-01-01' and date < '2001-07-01'";

  private static final Logger LOG = Logger.getLogger("");

  static {
    LOG.setLevel(Level.SEVERE);
  }

  private static final Path DATA = Path.of("data/flights-3m.parquet").toAbsolutePath();

  private final Path folder;

  private SmallFlights(Path folder) {
    this.folder = folder;
  }

  /** A project with one file of flights. */
  static SmallFlights in(Path folder) {
    return empty(folder).flights("a.parquet", FORTIETH);
  }

  /** A project without data. */
  static SmallFlights empty(Path folder) {
    try {
      Files.createDirectories(folder.resolve("data"));
      Files.createDirectories(folder.resolve("contracts"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SmallFlights(folder).yaml(YAML).contract(CONTRACT);
  }

  Path folder() {
    return folder;
  }

  /** A file below {@code data} with those rows of the example. */
  SmallFlights flights(String name, String where) {
    return select(
        name,
        "select * exclude (file_row_number) from read_parquet('"
            + DATA
            + "', file_row_number = true) where "
            + where);
  }

  /** A file below {@code data} with half the rows of the example, each with its position as id. */
  SmallFlights numbered(String name) {
    return select(
        name,
        "select * exclude (file_row_number), file_row_number as id from read_parquet('"
            + DATA
            + "', file_row_number = true) where file_row_number < 1500000");
  }

  /** A file below {@code data} with what DuckDB answers. */
  SmallFlights select(String name, String query) {
    Path file = folder.resolve("data").resolve(name);
    duck("copy (" + query + ") to '" + file + "' (format parquet)");
    return this;
  }

  SmallFlights yaml(String text) {
    return write("headwater.yaml", text);
  }

  SmallFlights contract(String text) {
    return write("contracts/flights.yaml", text);
  }

  SmallFlights write(String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Project project() {
    return ProjectFile.read(folder);
  }

  Launcher open(LaunchOptions options) {
    return new EngineLaunchers().open(project(), options);
  }

  /** Brings all up to date; what fails stands in the report. */
  RunReport tried(LaunchOptions options, Progress progress) {
    try (Launcher launcher = open(options)) {
      return launcher.run(project().targets(), false, progress);
    }
  }

  /** Brings all up to date. */
  Ran run() {
    return run(LaunchOptions.DEFAULT);
  }

  Ran run(LaunchOptions options) {
    Map<String, String> why = new LinkedHashMap<>();
    RunReport report =
        tried(
            options,
            event -> {
              if (event instanceof RunEvent.Started started) {
                why.put(started.target().name(), started.why());
              }
            });
    for (StageResult stage : report.stages()) {
      if (stage.failure() != null) {
        throw new AssertionError(stage.target() + " failed", stage.failure());
      }
    }
    return new Ran(report, why);
  }

  /** A run that succeeded, and why its stages ran. */
  record Ran(RunReport report, Map<String, String> why) {
    List<String> done() {
      return report.stages().stream()
          .filter(s -> s.status() == StageResult.Status.DONE)
          .map(s -> s.target().name())
          .toList();
    }
  }

  /** Works with the catalog as it is now. */
  <T> T catalog(Function<TableCatalog, T> work) {
    try (TableCatalog catalog = TableCatalog.open(config())) {
      return work.apply(catalog);
    }
  }

  <T> T registry(Function<Registry, T> work) {
    try (Registry registry = Registry.open(config())) {
      return work.apply(registry);
    }
  }

  private CatalogConfig config() {
    CatalogDecl declared = project().catalogs().get(TableRef.DEFAULT_CATALOG);
    return declared == null
        ? CatalogConfig.embedded(folder.resolve(".headwater"))
        : declared.config();
  }

  TableRef ref(String table) {
    return TableRef.of("flights", table);
  }

  /** The table's live rows, a map from column to value each. */
  List<Map<String, Object>> rows(String table) {
    return catalog(
        catalog -> {
          Table loaded = catalog.load(ref(table));
          List<Map<String, Object>> rows = new ArrayList<>();
          try (CloseableIterable<FileScanTask> files = loaded.newScan().planFiles()) {
            for (FileScanTask file : files) {
              read(loaded, file, rows);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return rows;
        });
  }

  private static void read(Table table, FileScanTask file, List<Map<String, Object>> rows)
      throws IOException {
    try (CloseableIterable<Record> records =
        Parquet.read(table.io().newInputFile(file.file().location()))
            .project(table.schema())
            .createReaderFunc(found -> GenericParquetReaders.buildReader(table.schema(), found))
            .build()) {
      for (Record record : records) {
        Map<String, Object> row = new HashMap<>();
        for (var field : record.struct().fields()) {
          row.put(field.name(), record.getField(field.name()));
        }
        rows.add(row);
      }
    }
  }

  /** The current snapshots of all tables. */
  Map<String, Long> snapshots() {
    return catalog(
        catalog -> {
          Map<String, Long> ids = new LinkedHashMap<>();
          for (TableRef ref : catalog.list("flights")) {
            Snapshot now = catalog.load(ref).currentSnapshot();
            ids.put(ref.name(), now == null ? 0L : now.snapshotId());
          }
          return ids;
        });
  }

  int runs() {
    return registry(registry -> registry.runs().list("flights", 10_000).size());
  }

  /** How many rows the project's files have of those, as DuckDB counts. */
  long inFiles(String where) {
    return count(
        "select count(*) from read_parquet('"
            + folder.resolve("data")
            + "/*.parquet', union_by_name = true, filename = true) where "
            + where);
  }

  /** The table and its letters are what DuckDB makes of the files. */
  void agreesWithFiles() {
    assertThat(rows("flights")).hasSize((int) inFiles(KEPT));
    List<Map<String, Object>> letters = rows("flights__letters");
    assertThat(letters).hasSize((int) (inFiles("true") - inFiles(KEPT)));
    assertThat(letters.stream().map(l -> l.get("source") + ":" + l.get("position")))
        .doesNotHaveDuplicates();
  }

  static void duck(String sql) {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  static long count(String sql) {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}

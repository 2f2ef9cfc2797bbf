package dev.headwater.benchmarks;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.features.ComputeFeatures;
import dev.headwater.features.FeatureView;
import dev.headwater.features.Window;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.table.FileSplit;
import dev.headwater.table.SplitGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;

/**
 * Two feature views, three windows, three values: 18 columns, from the flights' table to the views'
 * tables on the DirectRunner with two workers; the same columns by DuckDB with two threads, from
 * Parquet to Parquet, as RANGE windows (January alone, unless {@code full} is asked: they get
 * slower with more rows) and as an expert would, by cumulative sums and ASOF joins, whose values
 * are compared with ours. Medians of rounds after one to warm up.
 */
final class FeatureWindows {
  private static final int WORKERS = 2;
  private static final Schema FLIGHTS =
      new Schema(
          Types.NestedField.optional(1, "date", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(2, "delay", Types.LongType.get()),
          Types.NestedField.optional(3, "distance", Types.LongType.get()),
          Types.NestedField.optional(4, "origin", Types.StringType.get()),
          Types.NestedField.optional(5, "destination", Types.StringType.get()));
  private static final List<Window> WINDOWS =
      List.of(Window.parse("3h"), Window.parse("24h"), Window.parse("7d"));

  private FeatureWindows() {}

  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]).toRealPath();
    List<String> more = Arrays.asList(args).subList(1, args.length);
    int rounds =
        more.stream()
            .filter(a -> a.matches("[0-9]+"))
            .mapToInt(Integer::parseInt)
            .findFirst()
            .orElse(3);
    Path folder = Files.createTempDirectory("headwater-features");
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(folder))) {
      SnapshotRef flights = prepare(catalog, file);
      double ours = median(rounds, round -> ours(catalog, flights, folder, round));
      System.out.printf(
          Locale.ROOT, "%-34s %8s %12s%n", "3,000,000 flights, 18 columns", "s", "rows/s");
      line("Headwater, DirectRunner", ours, 3e6);
      boolean full = more.contains("full");
      double asof;
      double range;
      double rangeRows;
      try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
          Statement statement = duck.createStatement()) {
        statement.execute("set threads=2");
        statement.execute("set preserve_insertion_order=false");
        asof = median(Math.max(1, rounds - 1), round -> expert(statement, file, folder));
        line("DuckDB, cumulative sums and ASOF", asof, 3e6);
        compare(catalog, statement, folder);
        String where = full ? "" : " where date < timestamp '2001-02-01'";
        rangeRows = number(statement, "select count(*) from '" + file + "'" + where);
        range = median(1, round -> range(statement, file, folder, where));
        line("DuckDB, RANGE windows" + (full ? "" : ", January"), range, rangeRows);
      }
      System.out.printf(
          Locale.ROOT,
          "RATIO features duckdb_range=%.1f duckdb_asof=%.1f%n",
          range / rangeRows / (ours / 3e6),
          asof / ours);
    } finally {
      Local.delete(folder);
    }
  }

  private static void line(String name, double seconds, double rows) {
    System.out.printf(Locale.ROOT, "%-34s %8.2f %12.0f%n", name, seconds, rows / seconds);
  }

  private interface Round {
    double seconds(int round) throws Exception;
  }

  /** After one round to warm up; a single round is not warmed up. */
  private static double median(int rounds, Round round) throws Exception {
    double[] seconds = new double[rounds];
    for (int i = rounds == 1 ? 0 : -1; i < rounds; i++) {
      double took = round.seconds(i + 1);
      if (i >= 0) {
        seconds[i] = took;
      }
    }
    Arrays.sort(seconds);
    return seconds[rounds / 2];
  }

  private static List<FeatureView> views() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("flights", "count(*)");
    values.put("mean_delay", "avg(delay)");
    values.put("late_share", "share(delay > 15)");
    return List.of(
        new FeatureView(
            "airport_delays",
            List.of("origin"),
            "date",
            "date + interval '6' hour",
            WINDOWS,
            values),
        new FeatureView(
            "nation_delays", List.of(), "date", "date + interval '12' hour", WINDOWS, values));
  }

  private static SnapshotRef prepare(TableCatalog catalog, Path file) throws IOException {
    TableRef ref = TableRef.of("bench", "flights");
    Table table =
        catalog.create(
            ref,
            FLIGHTS,
            PartitionSpec.builderFor(FLIGHTS).month("date").build(),
            SortOrder.unsorted(),
            Map.of());
    long size = Files.size(file);
    try (BatchWriter writer = BatchWriter.open(table, "bench", "setup");
        var batches =
            new SplitGroup(List.of(FileSplit.of(file.toString(), size, 0, size)))
                .open(table.io(), FLIGHTS, null)) {
      while (batches.hasNext()) {
        writer.accept(batches.next());
      }
      AppendFiles append = table.newAppend();
      for (DataFile data : writer.finish()) {
        append.appendFile(data);
      }
      append.commit();
    }
    return new SnapshotRef(ref, table.uuid(), table.currentSnapshot().snapshotId());
  }

  private static double ours(TableCatalog catalog, SnapshotRef flights, Path folder, int round) {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--targetParallelism=" + WORKERS,
                "--enforceImmutability=false",
                "--enforceEncodability=false")
            .create();
    options.setRunner(DirectRunner.class);
    long begin = System.nanoTime();
    Table source = catalog.load(flights.table());
    Pipeline pipeline = Pipeline.create(options);
    for (FeatureView view : views()) {
      TableRef ref = TableRef.of("bench", view.name());
      Table target =
          catalog
              .find(ref)
              .orElseGet(
                  () ->
                      catalog.create(
                          ref,
                          view.schema(FLIGHTS),
                          PartitionSpec.unpartitioned(),
                          SortOrder.unsorted(),
                          Map.of()));
      String run = "round-" + round;
      pipeline
          .apply(
              view.name(),
              ComputeFeatures.of(view, source, flights)
                  .into(target, run)
                  .spill(folder.resolve("scratch-" + round).toString(), WORKERS))
          .apply(
              "Commit " + view.name(),
              CommitTable.replace(
                  catalog.config(), ref, Token.ofRun(view.name(), run, List.of(run))));
    }
    pipeline.run().waitUntilFinish();
    return (System.nanoTime() - begin) / 1e9;
  }

  private static double range(Statement duck, Path file, Path folder, String where)
      throws SQLException {
    long begin = System.nanoTime();
    for (FeatureView view : views()) {
      boolean keyed = !view.keys().isEmpty();
      String late = keyed ? "6 hours" : "12 hours";
      List<String> columns = new ArrayList<>();
      List<String> windows = new ArrayList<>();
      for (Window window : WINDOWS) {
        windows.add(
            "w%s as (%s order by date range between interval '%d seconds' + interval '%s' preceding and interval '%s 1 microsecond' preceding)"
                .formatted(
                    window.label(),
                    keyed ? "partition by origin" : "",
                    window.micros() / 1_000_000,
                    late,
                    late));
        columns.add("count(*) over w" + window.label());
        columns.add("avg(delay) over w" + window.label());
        columns.add("avg(case when delay > 15 then 1.0 else 0.0 end) over w" + window.label());
      }
      duck.execute(
          "copy (select %sdate, %s from '%s'%s window %s) to '%s' (format parquet, compression zstd)"
              .formatted(
                  keyed ? "origin, " : "",
                  String.join(", ", columns),
                  file,
                  where,
                  String.join(", ", windows),
                  folder.resolve("range-" + view.name() + ".parquet")));
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private static double expert(Statement duck, Path file, Path folder) throws SQLException {
    long begin = System.nanoTime();
    for (FeatureView view : views()) {
      boolean keyed = !view.keys().isEmpty();
      String key = keyed ? "origin, " : "";
      String late = keyed ? "6 hours" : "12 hours";
      StringBuilder columns = new StringBuilder();
      StringBuilder joins = new StringBuilder();
      for (Window window : WINDOWS) {
        String b = "w" + window.label();
        String n = "(coalesce(a.n, 0) - coalesce(%s.n, 0))".formatted(b);
        columns
            .append(", ")
            .append(n)
            .append(" as flights_")
            .append(window.label())
            .append(", case when ")
            .append(n)
            .append(" > 0 then (coalesce(a.s, 0) - coalesce(%s.s, 0)) / %s end".formatted(b, n))
            .append(" as mean_delay_")
            .append(window.label())
            .append(", case when ")
            .append(n)
            .append(" > 0 then (coalesce(a.l, 0) - coalesce(%s.l, 0)) / %s end".formatted(b, n))
            .append(" as late_share_")
            .append(window.label());
        joins.append(
            " asof left join cum %s on %sp.date - interval '%d seconds' > %s.k"
                .formatted(
                    b,
                    keyed ? "p.origin = %s.origin and ".formatted(b) : "",
                    window.micros() / 1_000_000,
                    b));
      }
      duck.execute(
          """
          copy (with ev as (select %1$sdate + interval '%2$s' as k, count(*) as n, sum(delay) as s,
              count(*) filter (delay > 15) as l from '%3$s' group by all),
            cum as (select %1$sk, sum(n) over w as n, sum(s) over w as s, sum(l) over w as l from ev
              window w as (%4$s order by k rows unbounded preceding)),
            p as (select distinct %1$sdate from '%3$s')
          select %5$sp.date%6$s from p asof left join cum a on %7$sp.date > a.k%8$s)
          to '%9$s' (format parquet, compression zstd)
          """
              .formatted(
                  key,
                  late,
                  file,
                  keyed ? "partition by origin" : "",
                  keyed ? "p.origin, " : "",
                  columns,
                  keyed ? "p.origin = a.origin and " : "",
                  joins,
                  folder.resolve("asof-" + view.name() + ".parquet")));
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  /** Ours and the expert's rows, value by value. */
  private static void compare(TableCatalog catalog, Statement duck, Path folder) throws Exception {
    for (FeatureView view : views()) {
      Table table = catalog.load(TableRef.of("bench", view.name()));
      List<String> files = new ArrayList<>();
      try (var tasks = table.newScan().planFiles()) {
        tasks.forEach(task -> files.add("'" + task.file().location().replace("file:", "") + "'"));
      }
      List<String> differ = new ArrayList<>();
      for (Window window : WINDOWS) {
        for (String value : view.values().keySet()) {
          String column = FeatureView.column(value, window);
          differ.add(
              value.equals("flights")
                  ? "o.%1$s is distinct from e.%1$s".formatted(column)
                  : "coalesce(abs(o.%1$s - e.%1$s) > 1e-9, (o.%1$s is null) <> (e.%1$s is null))"
                      .formatted(column));
        }
      }
      double rows = number(duck, "select count(*) from read_parquet(" + files + ")");
      double wrong =
          number(
              duck,
              "select count(*) from read_parquet(%s) o full join '%s' e on o.date = e.date%s where o.date is null or e.date is null or %s"
                  .formatted(
                      files,
                      folder.resolve("asof-" + view.name() + ".parquet"),
                      view.keys().isEmpty() ? "" : " and o.origin = e.origin",
                      String.join(" or ", differ)));
      System.out.printf(Locale.ROOT, "  %s: %.0f rows, %.0f differ%n", view.name(), rows, wrong);
      if (wrong > 0) {
        throw new IllegalStateException(view.name() + " is not what DuckDB computes");
      }
    }
  }

  private static double number(Statement duck, String sql) throws SQLException {
    try (ResultSet result = duck.executeQuery(sql)) {
      result.next();
      return result.getDouble(1);
    }
  }
}

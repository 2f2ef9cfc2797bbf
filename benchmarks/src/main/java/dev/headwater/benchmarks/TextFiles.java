package dev.headwater.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.headwater.files.Infer;
import dev.headwater.files.RowSource;
import dev.headwater.files.SourceFormat;
import dev.headwater.files.TextFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.io.InputFile;

/**
 * Rows a CPU second of reading text into columns, by turns with DuckDB on one thread. Arguments: a
 * Parquet file of flights, and a folder for its rows as CSV and JSON lines.
 */
final class TextFiles {
  private static final int TURNS = 6;
  private static final String COLUMNS =
      "columns={'date':'TIMESTAMP','delay':'BIGINT','distance':'BIGINT','origin':'VARCHAR',"
          + "'destination':'VARCHAR'}";

  private TextFiles() {}

  public static void main(String[] args) throws IOException, SQLException {
    Path folder = Path.of(args[1]);
    Files.createDirectories(folder);
    Path csv = folder.resolve("flights.csv");
    Path json = folder.resolve("flights.jsonl");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement duck = connection.createStatement()) {
      duck.execute("set threads=1");
      duck.execute("copy (from '" + args[0] + "') to '" + csv + "' (format csv, header)");
      duck.execute("copy (from '" + args[0] + "') to '" + json + "' (format json)");
      double ofCsv =
          ratio(
              duck,
              csv,
              "read_csv('"
                  + csv
                  + "', header=true, auto_detect=false, delim=',', "
                  + COLUMNS
                  + ")");
      double ofJson =
          ratio(
              duck, json, "read_json('" + json + "', format='newline_delimited', " + COLUMNS + ")");
      System.out.printf(Locale.ROOT, "RATIO files csv=%.2f json=%.2f%n", ofCsv, ofJson);
    }
  }

  /** DuckDB's CPU seconds over ours: the medians of all turns but the first two. */
  private static double ratio(Statement duck, Path path, String read) throws SQLException {
    double[] ours = new double[TURNS];
    double[] theirs = new double[TURNS];
    for (int turn = 0; turn < TURNS; turn++) {
      double begin = cpu();
      long rows = ours(path);
      double middle = cpu();
      long same = theirs(duck, read);
      ours[turn] = middle - begin;
      theirs[turn] = cpu() - middle;
      if (rows != same) {
        throw new IllegalStateException(rows + " rows against DuckDB's " + same);
      }
      System.out.printf(
          Locale.ROOT,
          "%s  %,d rows  headwater %.2f s  duckdb %.2f s%n",
          path.getFileName(),
          rows,
          ours[turn],
          theirs[turn]);
    }
    return median(theirs) / median(ours);
  }

  private static double median(double[] turns) {
    double[] warm = Arrays.copyOfRange(turns, 2, turns.length);
    Arrays.sort(warm);
    return (warm[(warm.length - 1) / 2] + warm[warm.length / 2]) / 2;
  }

  private static long ours(Path path) {
    InputFile file = org.apache.iceberg.Files.localInput(path.toString());
    SourceFormat.Kind kind =
        path.toString().endsWith(".csv") ? SourceFormat.Kind.CSV : SourceFormat.Kind.JSON;
    SourceFormat format = Infer.columns(List.of(file), SourceFormat.of(kind), false);
    long rows = 0;
    try (RowSource source = TextFile.of(file, format).rows(format.schema())) {
      while (source.hasNext()) {
        rows += source.next().rows().size();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return rows;
  }

  private static long theirs(Statement duck, String read) throws SQLException {
    try (ResultSet rs =
        duck.executeQuery(
            "select count(*), sum(delay), sum(distance), sum(length(origin)),"
                + " sum(length(destination)), max(date) from "
                + read)) {
      rs.next();
      return rs.getLong(1);
    }
  }

  private static double cpu() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }
}

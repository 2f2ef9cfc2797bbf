package peers;

import java.sql.*;
import java.util.ArrayList;
import java.util.List;

/** DuckDB over JDBC, threads=2. args: w1|scan[3]|w2|w3|w4|prep [reps] [max date for w3] */
public final class Duck {
  public static void main(String[] a) throws Exception {
    int reps = Meter.reps(a, 1, 3);
    try (Connection c = DriverManager.getConnection("jdbc:duckdb:");
        Statement s = c.createStatement()) {
      s.execute("set threads=2");
      s.execute("set preserve_insertion_order=false");
      String src12 = "read_parquet('" + Meter.DIR12 + "/*.parquet')";
      String tab12 = "read_parquet('" + Meter.WH + "/db/flights/data/*.parquet')";
      switch (a[0]) {
        case "empty" -> s.execute("select 1");
        case "prep" ->
            Meter.run(
                "prep.duckdb",
                3_000_000,
                1,
                () ->
                    ""
                        + s.execute(
                            "copy (select origin, date_trunc('hour', date) + interval 1 hour as ts,"
                                + " avg(delay) as mean_delay from '"
                                + Meter.FLIGHTS
                                + "' group by all order by all) to '"
                                + Meter.FEATS
                                + "' (format parquet, compression zstd)"));
        case "w1" ->
            Meter.run(
                "w1.duckdb",
                12_000_000,
                reps,
                () -> {
                  s.execute(
                      "copy (select * from "
                          + src12
                          + ") to '"
                          + Meter.TMP
                          + "/duck.parquet' (format parquet, compression zstd)");
                  return row(s, "select count(*) from '" + Meter.TMP + "/duck.parquet'");
                });
        case "scan" ->
            Meter.run(
                "scan.duckdb",
                12_000_000,
                reps,
                () ->
                    row(
                        s,
                        "select sum(delay), sum(distance), sum(length(origin)),"
                            + " sum(length(destination)), sum(epoch_us(date) % 1000003) from "
                            + tab12));
        case "scan3" ->
            Meter.run(
                "scan.duckdb3",
                12_000_000,
                reps,
                () ->
                    row(
                        s,
                        "select sum(delay), sum(length(origin)), sum(epoch_us(date) % 1000003) from"
                            + " "
                            + tab12));
        case "w2" -> Meter.run("w2.duckdb", 12_000_000, reps, () -> profile(s, tab12));
        case "w2agg" -> Meter.run("w2.duckdb.agg", 12_000_000, reps, () -> profileAgg(s, tab12));
        case "w3" -> { // optional third argument: an exclusive upper bound of the event time
          String where = a.length > 2 ? " where date < timestamp '" + a[2] + "'" : "";
          long n =
              Long.parseLong(row(s, "select count(*) from '" + Meter.FLIGHTS + "'" + where).trim());
          String q = features(where);
          Meter.run("w3.duckdb" + (a.length > 2 ? "." + a[2] : ""), n, reps, () -> row(s, q));
        }
        case "w4" ->
            Meter.run(
                "w4.duckdb",
                3_000_000,
                reps,
                () ->
                    row(
                        s,
                        "select count(mean_delay), sum(mean_delay) from '"
                            + Meter.FLIGHTS
                            + "' l asof left join '"
                            + Meter.FEATS
                            + "' f on l.origin = f.origin and l.date >= f.ts"));
        default -> throw new IllegalArgumentException(a[0]);
      }
    }
  }

  static String profile(Statement s, String t) throws SQLException {
    StringBuilder out = new StringBuilder();
    query(
        s,
        "select column_name, min, max, approx_unique, avg, std, q25, q50, q75, count,"
            + " null_percentage from (summarize select * from "
            + t
            + ")",
        out);
    // SUMMARIZE has 3 quantiles only: five more for the numeric columns, and the top 10 of every
    // column
    query(
        s,
        "select approx_quantile(delay,[0.01,0.25,0.5,0.75,0.99]),"
            + " approx_quantile(distance,[0.01,0.25,0.5,0.75,0.99]),"
            + " approx_quantile(epoch_us(date),[0.01,0.25,0.5,0.75,0.99]) from "
            + t,
        out);
    for (String c : List.of("date", "delay", "distance", "origin", "destination"))
      query(
          s,
          "select " + c + ", count(*) n from " + t + " group by 1 order by n desc, 1 limit 10",
          out);
    return "chars=" + out.length();
  }

  /** The same profile without SUMMARIZE: one aggregate query, and the top 10 of every column. */
  static String profileAgg(Statement s, String t) throws SQLException {
    StringBuilder out = new StringBuilder();
    List<String> aggs = new ArrayList<>();
    for (String c : List.of("epoch_us(date)", "delay", "distance", "origin", "destination")) {
      aggs.add(
          "count("
              + c
              + "), count(*) - count("
              + c
              + "), min("
              + c
              + "), max("
              + c
              + "), approx_count_distinct("
              + c
              + ")");
      if (!c.equals("origin") && !c.equals("destination"))
        aggs.add(
            "avg("
                + c
                + "), stddev("
                + c
                + "), approx_quantile("
                + c
                + ",[0.01,0.25,0.5,0.75,0.99])");
    }
    query(s, "select " + String.join(", ", aggs) + " from " + t, out);
    for (String c : List.of("date", "delay", "distance", "origin", "destination"))
      query(
          s,
          "select " + c + ", count(*) n from " + t + " group by 1 order by n desc, 1 limit 10",
          out);
    return "chars=" + out.length();
  }

  static String features(String where) {
    List<String> keys = List.of("origin", "destination", "origin, destination");
    List<String> wins = List.of("1 hour", "24 hours", "7 days");
    List<String> cols = new ArrayList<>(), sums = new ArrayList<>(), defs = new ArrayList<>();
    for (int k = 0; k < 3; k++)
      for (int w = 0; w < 3; w++) {
        String win = "w" + k + w, n = "_" + k + w;
        defs.add(
            win
                + " as (partition by "
                + keys.get(k)
                + " order by date range between interval "
                + wins.get(w)
                + " preceding and interval 1 microsecond preceding)");
        cols.add(
            "count(*) over "
                + win
                + " as n"
                + n
                + ", avg(delay) over "
                + win
                + " as m"
                + n
                + ", max(delay) over "
                + win
                + " as x"
                + n
                + ", avg(case when delay > 15 then 1.0 else 0.0 end) over "
                + win
                + " as s"
                + n);
        for (String p : List.of("n", "m", "x", "s")) sums.add("round(sum(" + p + n + "),3)");
      }
    return "select "
        + String.join(", ", sums)
        + " from (select "
        + String.join(", ", cols)
        + " from '"
        + Meter.FLIGHTS
        + "'"
        + where
        + " window "
        + String.join(", ", defs)
        + ")";
  }

  static String row(Statement s, String q) throws SQLException {
    StringBuilder b = new StringBuilder();
    query(s, q, b);
    return b.toString().trim();
  }

  static void query(Statement s, String q, StringBuilder out) throws SQLException {
    try (ResultSet r = s.executeQuery(q)) {
      int n = r.getMetaData().getColumnCount();
      while (r.next()) for (int i = 1; i <= n; i++) out.append(r.getString(i)).append(' ');
    }
  }
}

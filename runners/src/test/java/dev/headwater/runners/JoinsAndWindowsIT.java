package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Queries over several tables, and with windows: their rows are those that DuckDB gives. */
final class JoinsAndWindowsIT extends RidesProject {
  private static final String HEAD =
      """
      project: shop
      sources:
        files: data/*.parquet
        zone_files: data/zones/*.parquet
      tables:
        rides: {from: files}
        zones: {from: zone_files}
      """;

  private static final String SHARED = "town, seats, id, zone from (select id, town";

  private static final Map<String, String> QUERIES = new LinkedHashMap<>();

  static {
    QUERIES.put(
        "met",
        "select r.id, r.town, Z.zone, fare * 2 as twice, price + tip as sum, since, moment"
            + " from rides r join zones z on r.town = z.town");
    QUERIES.put(
        "left_met",
        "select r.*, z.zone, z.seats as zone_seats from rides r left join zones z"
            + " on r.town = z.town and z.price > 0 and r.seats > 1");
    QUERIES.put(
        "right_met",
        "select r.id, z.zone from rides r right outer join zones z"
            + " on z.town = r.town and r.fare > 60");
    QUERIES.put(
        "full_met",
        "select r.id, z.zone from rides r full join zones z"
            + " on r.seats = z.seats and z.price = r.tip");
    QUERIES.put(
        "shared",
        "select town, r.id, zone, z.seats from rides r left join zones z using (town)"
            + " where r.id % 3 = 0");
    QUERIES.put(
        "all_shared",
        "select * from (select id, town, seats from rides where id < 40) a"
            + " full join (select town, seats, zone from zones) b using (town, seats)");
    QUERIES.put(
        "listed",
        "select r.id, z.zone from rides r, zones z"
            + " where r.town = z.town and r.moment < z.since and r.id < 900");
    QUERIES.put(
        "itself",
        "select a.id, b.id as next from rides a join rides b on a.id + 1 = b.id"
            + " and a.town = b.town");
    QUERIES.put(
        "three",
        "select r.id, z.zone, t.n from rides r join zones z on r.town = z.town"
            + " left join (select seats, count(*) as n from rides group by seats) t"
            + " on t.seats = z.seats");
    QUERIES.put(
        "by_zone",
        "select z.zone, count(*) as rides, sum(r.fare) as fares, min(since) as first,"
            + " sum(price) as prices from rides r join zones z on r.town = z.town"
            + " where r.fare > 0 group by z.zone having count(*) > 20");
    QUERIES.put(
        "shares",
        "with t as (select sum(fare) as total from rides)"
            + " select r.id, fare / total as share from rides r cross join t");
    QUERIES.put(
        "known",
        "with t as (select town, count(*) as n from rides group by town),"
            + " u as (select * from t where n > 300) select r.id, u.n from rides r join u"
            + " on r.town = u.town");
    QUERIES.put("names", "select town from rides union select town from zones");
    QUERIES.put(
        "both", "select id, seats, tip from rides union all select 0, seats, price from zones");
    QUERIES.put(
        "nobody",
        "select count(*) as n, sum(fare) as fares from rides r join zones z"
            + " on r.town = z.zone");
    QUERIES.put(
        "ranked",
        """
        select id, row_number() over t as n, rank() over s as r, dense_rank() over s as d,
          ntile(7) over t as part, percent_rank() over s as p, cume_dist() over s as c,
          lag(fare) over t as before, lead(id, 2, -1) over t as after,
          first_value(fare) over t as first, last_value(id) over t as last,
          nth_value(town, 3) over (partition by seats order by id
            rows between unbounded preceding and unbounded following) as third
        from rides
        window t as (partition by town order by moment desc, id),
          s as (partition by town order by seats, tip desc nulls first)
        """);
    QUERIES.put(
        "sliding",
        """
        select id, sum(fare) over (partition by town order by moment, id) as sums,
          avg(fare) over (partition by town order by id rows 3 preceding) as mean,
          count(*) over () as all_of_them,
          max(fare) over (partition by seats order by id desc
            rows between 4 preceding and 2 preceding) as most,
          min(tip) over (order by id rows between 1 following and 5 following) as least,
          sum(seats) filter (where fare > 20) over (partition by town order by seats) as taken,
          count(fare) over (partition by seats) - 1 as others
        from rides where id < 2500
        """);
    QUERIES.put(
        "newest",
        "select id, town, zone from (select r.id, r.town, z.zone, row_number() over"
            + " (partition by r.town order by r.moment desc, r.id, z.zone desc) as n"
            + " from rides r join zones z on r.town = z.town) where n <= 2");
  }

  private static String yaml(Collection<String> tables) {
    StringBuilder yaml = new StringBuilder(HEAD);
    for (String name : tables) {
      yaml.append("  ")
          .append(name)
          .append(":\n    sql: |\n      ")
          .append(QUERIES.getOrDefault(name, "").strip().replace("\n", "\n      "))
          .append('\n');
    }
    return yaml.toString();
  }

  @Test
  void valuesAreDuckDbs() throws Exception {
    rides("a", 0, 2_000);
    rides("b", 2_000, 1_500);
    zones();
    project.yaml(yaml(QUERIES.keySet()));
    runs("run");
    Map<String, Long> wrong = new LinkedHashMap<>();
    for (Map.Entry<String, String> one : QUERIES.entrySet()) {
      // DuckDB leaves shared columns where the left side has them.
      String theirs = one.getValue().replace("* from (select id, town", SHARED);
      wrong.put(one.getKey(), differences(one.getKey(), theirs));
    }
    wrong.values().removeIf(rows -> rows == 0);
    assertThat(wrong).isEmpty();

    runs("run");
    assertThat(project.said()).contains("fresh").doesNotContain(" rows, ");
    runs("trace", "by_zone", "--columns");
    assertThat(project.said())
        .contains("<- rides  fare  (sum(fare))", "<- zones  since  (min(since))")
        .contains("which rows there are");
    runs("explain", "newest");
    assertThat(project.said()).contains("JOIN");
  }

  @Test
  void flinkGivesTheSame() throws Exception {
    rides("a", 0, 500);
    rides("b", 500, 500);
    zones();
    project.yaml(yaml(List.of("full_met", "ranked")));
    runs("run", "--runner=flink", "--parallelism=2");
    for (String name : List.of("full_met", "ranked")) {
      assertThat(differences(name, QUERIES.getOrDefault(name, ""))).as(name).isZero();
    }
  }

  private void told(String sql, String... what) throws Exception {
    project.yaml(HEAD + "  bad: {sql: \"" + sql + "\"}\n");
    refused("plan");
    assertThat(project.said()).as(sql).contains(what);
  }

  @Test
  void mistakesAreToldWithTheirPlace() throws Exception {
    rides("a", 0, 10);
    zones();
    project.yaml(HEAD);
    runs("run");
    told(
        "select town from rides r join zones z on r.town = z.town",
        "line 8  tables.bad.sql: column 8: 'town' is in several. Write r.town or z.town.");
    told(
        "select r.twon from rides r join zones z on r.town = z.town",
        "column 10: no column 'twon' in r. Did you mean 'town'?");
    told("select r.id from rides r join zones z on r.town = z.seats", "cannot compare string");
    told(
        "select r.id from rides r left join zones z on r.town = z.town and r.moment < z.since",
        "an outer join compares its sides with =");
    told("select r.id from rides r natural join zones z", "Write using (...)");
    told("select r.id from rides r join zones z on r.fare = z.price", "rows meet by integers");
    told("select * from rides r join zones z on r.town = z.town", "column 'town' is there twice");
    told("select id, lag(fare) over (partition by town) as f from rides", "lag needs an order");
    told("select id, row_number() as n from rides", "row_number needs its window");
    told(
        "select id, max(town) over () as m from rides",
        "cannot keep max(town) OVER (): its argument is a string");
    told(
        "select town, count(*) as n, rank() over (order by town) as r from rides group by town",
        "has groups and windows. Group first");
    told(
        "select id, sum(fare) over (order by seats range between 2 preceding and current row) as s"
            + " from rides",
        "a range of so much is not there");
    told("select id from rides union select zone from zones", "column 1 is string, but long");
    told("select id from (select id from rides order by id) t", "rows have no order");
    told("select id from rides where town in (select town from zones)", "has a subquery");
    told("select id from rides except select seats from zones", "has except");
  }
}

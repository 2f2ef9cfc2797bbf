package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableRef;
import java.nio.file.Files;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.transforms.Join;
import org.apache.beam.sdk.schemas.transforms.Select;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;

/** Tables made of tables, as the command makes them; their rows are those that DuckDB gives. */
final class DerivedTablesIT extends RidesProject {
  private static final String SQL =
      """
      project: shop
      sources:
        files: data/*.parquet
      tables:
        rides: {from: files}
        dear:
          sql: |
            select r.id, upper(town) as town, fare * 2 as twice, -- a comment
              case when fare > 50 then 'dear' else 'fair' end as kind, moment
            from rides r
            where fare >= 10 and town is not null
          time: moment
          partition: day(moment)
        towns:
          sql: >-
            select town, seats, count(*) as rides, count(fare) as paid, sum(fare) as fares,
            avg(fare) as mean, min(moment) as first, max(fare) as most, sum(tip) as tips,
            sum(seats) filter (where fare > 0) as taken, sum(fare) / count(*) as each
            from rides group by town, seats having count(*) > 3
        days:
          sql: select date_trunc('day', moment) as day, count(*) as rides from dear group by 1
        all_of_them: {sql: "select count(*) as rides, max(id) as last, min(tip) as least from rides"}
        kinds: {sql: select distinct town from rides}
        none: {sql: "select count(*) as rides, sum(fare) as fares from rides where id < 0"}
      """;

  @Test
  void queriesGiveWhatDuckDbGives() throws Exception {
    rides("a", 0, 3_000);
    rides("b", 3_000, 2_000);
    project.yaml(SQL);
    runs("run");
    String dear =
        "select id, upper(town) as town, fare * 2 as twice, case when fare > 50 then 'dear' else"
            + " 'fair' end as kind, moment from rides where fare >= 10 and town is not null";
    assertThat(differences("dear", dear)).isZero();
    assertThat(
            differences(
                "towns",
                "select town, seats, count(*), count(fare), sum(fare), avg(fare), min(moment),"
                    + " max(fare), sum(tip), sum(seats) filter (where fare > 0),"
                    + " sum(fare) / count(*) from rides group by town, seats having count(*) > 3"))
        .isZero();
    assertThat(
            differences(
                "days",
                "select date_trunc('day', moment), count(*) from rides where fare"
                    + " >= 10 and town is not null group by 1"))
        .isZero();
    assertThat(differences("all_of_them", "select count(*), max(id), min(tip) from rides"))
        .isZero();
    assertThat(differences("kinds", "select distinct town from rides")).isZero();
    assertThat(differences("none", "select count(*), sum(fare) from rides where id < 0")).isZero();

    runs("plan");
    assertThat(project.said()).contains("derive    dear").doesNotContain("never ran");
    runs("explain", "dear");
    assertThat(project.said()).contains("SELECT").doesNotContain("a comment");
    runs("trace", "towns", "--columns");
    assertThat(project.said()).contains("avg(fare)").contains("which rows there are");

    // How it is written doesn't count; what it says does.
    project.yaml(SQL.replace(" -- a comment", "").replace("max(id) as last", "max(id)   AS last"));
    runs("plan");
    assertThat(project.said()).doesNotContain("changed");
    project.yaml(SQL.replace("fare >= 10", "fare >= 11"));
    runs("plan");
    assertThat(project.said()).contains("sql changed").contains("dear will change");
  }

  @Test
  void rowsThatBreakTheContractAreLettersAndOnlyNewOnesAreRead() throws Exception {
    rides("a", 0, 1_000);
    Files.writeString(folder.resolve("dear.yaml"), "columns:\n  twice: {max: 150}\n");
    project.yaml(
        """
        project: shop
        sources:
          files: data/*.parquet
        tables:
          rides: {from: files}
          dear:
            sql: select id, fare * 2 as twice from rides where fare is not null
            contract: dear.yaml
          towns: {sql: "select town, count(*) as rides from rides group by town"}
        """);
    runs("run");
    String good = "select id, fare * 2 from rides where fare * 2 <= 150";
    assertThat(differences("dear", good)).isZero();
    runs("letters", "dear");
    assertThat(project.said()).contains("twice");
    refused("letters", "dear", "replay");
    assertThat(project.said()).contains("is made of rides");

    rides("b", 5_000, 200);
    runs("plan");
    assertThat(project.said()).contains("rides will change");
    runs("run");
    assertThat(project.said()).contains(" more, ");
    assertThat(differences("dear", good)).isZero();
    assertThat(differences("towns", "select town, count(*) from rides group by town")).isZero();
    long bad = count("select count(*) from '" + folder + "/data/*.parquet' where fare * 2 > 150");
    assertThat(project.rows(TableRef.of("shop", "dear__letters"))).hasSize((int) bad);
    runs("table", "compact", "rides");
    runs("run");
    assertThat(project.said()).doesNotContain(" more, ");

    // Rows that went: all is read again.
    Files.delete(folder.resolve("data/b.parquet"));
    runs("run");
    assertThat(project.said()).doesNotContain(" more, ");
    assertThat(differences("dear", good)).isZero();
    bad = count("select count(*) from '" + folder + "/data/*.parquet' where fare * 2 > 150");
    assertThat(project.rows(TableRef.of("shop", "dear__letters"))).hasSize((int) bad);
  }

  /** Each ride beside those of its town that sit alone. */
  public static final class Alone extends PTransform<PCollectionRowTuple, PCollection<Row>> {
    private static final long serialVersionUID = 1;

    @Override
    public PCollection<Row> expand(PCollectionRowTuple in) {
      return in.get("rides")
          .apply("Join", Join.<Row, Row>innerJoin(in.get("towns")).using("town"))
          .apply("Names", Select.<Row>fieldNames("lhs.id", "rhs.rides"));
    }
  }

  private static final String BOTH =
      "select id, n from rides join (select town t, count(*) n from rides group by 1) on t = town";

  /** No transform. */
  public static final class NoTransform {}

  @Test
  void aClassMakesATableOfTables() throws Exception {
    rides("a", 0, 500);
    String yaml =
        """
        project: shop
        sources:
          files: data/*.parquet
        tables:
          rides: {from: files}
          towns: {sql: "select town, count(*) as rides from rides where town is not null group by 1"}
          both: {java: %s, from: [rides, towns]}
        """;
    project.yaml(yaml.formatted(Alone.class.getName()));
    runs("run");
    assertThat(differences("both", BOTH)).isZero();
    runs("run");
    assertThat(project.said()).contains("fresh");
    runs("run", "--force", "--runner=flink", "--parallelism=2");
    assertThat(project.said()).contains("FlinkRunner");
    assertThat(differences("both", BOTH)).isZero();
    assertThat(
            differences(
                "towns", "select town, count(*) from rides where town is not null group by 1"))
        .isZero();
    runs("trace", "both");
    assertThat(project.said()).contains("towns").contains("rides");

    project.yaml(yaml.formatted(NoTransform.class.getName()));
    refused("run");
    assertThat(project.said()).contains("line 7").contains("is no Beam transform");
    project.yaml(yaml.formatted("com.acme.Gone"));
    refused("run");
    assertThat(project.said()).contains("line 7").contains("There is no class com.acme.Gone");
  }

  @Test
  void allMistakesAreToldAtOnceWithTheirLines() throws Exception {
    rides("a", 0, 10);
    project.yaml(
        """
        project: shop
        sources:
          files: data/*.parquet
        tables:
          rides: {from: files}
          typo:
            sql: |
              select id, twon
              from rides
              where fare > 'x' or sqt(fare) > 1
          one: {sql: select id from ridse}
          two: {sql: "select id, id from rides order by id"}
          three: {sql: selct id from rides}
          four: {sql: select town from rides, from: files}
          RIDES: {sql: select town from one}
          cut: {sql: select id, town from rides}
        """);
    refused("run");
    assertThat(project.said())
        .contains("line 11  tables.one.sql: column 16: no table 'ridse'. Did you mean 'RIDES'?")
        .contains("line 12  tables.two.sql: column 26: a table's rows have no order")
        .contains("line 13  tables.three.sql: column 1: ")
        .contains("line 14  tables.four.from: the query says it all")
        .contains("line 16  tables.cut.sql: YAML ends this query at a comma, after `select id`.")
        .contains("Quote it: sql: \"select id, town from rides\"")
        .contains("line 15  tables.RIDES: makes a table of the same name as tables.rides");

    project.yaml(
        """
        project: shop
        sources:
          files: data/*.parquet
        tables:
          rides: {from: files}
          typo:
            sql: |
              select id, twon, id as Id, fare + 1
              from rides
              where fare > 'x' or sqt(fare) > 1
          sum: {sql: "select town, seats, sum(town) as s from rides group by town"}
          text: {sql: select max(town) as last from rides}
          circle: {sql: select * from round}
          round: {sql: select * from circle}
        """);
    refused("run");
    assertThat(project.said()).contains("needs itself: table/circle <- table/round");
    project.yaml(
        Files.readString(folder.resolve("headwater.yaml"))
            .lines()
            .filter(line -> !line.contains("circle"))
            .collect(Collectors.joining("\n")));
    refused("run");
    assertThat(project.said())
        .contains("line 8  tables.typo.sql: column 12: no column 'twon'. Did you mean 'town'?")
        .contains("line 8  tables.typo.sql: column 18: column 'Id' is there twice")
        .contains("line 8  tables.typo.sql: column 28: has no name. Write")
        .contains("line 10  tables.typo.sql: column 12: cannot compare double with string.")
        .contains("no function 'sqt'. Did you mean 'sqrt'?")
        .contains("line 11  tables.sum.sql: column 14: 'seats' differs within a group")
        .contains("line 11  tables.sum.sql: column 21: sum takes a number, not string")
        .contains("line 12  tables.text.sql: ");
  }
}

package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of users' pipelines, as the command runs them. */
final class TestVerbTest {
  private static final String PROJECT =
      """
      project: shop
      catalogs:
        default: {type: rest, uri: "http://127.0.0.1:1"}
        prod: {type: rest, uri: "http://127.0.0.1:1", access: read}
      sources:
        orders_file: {files: data/orders.csv, columns: {id: long, paid: "decimal(9, 2)", ordered_at: timestamp}, others: ignore}
        rides_file: data/rides.parquet
        customers: {table: prod.crm.customers}
      tables:
        orders: {from: orders_file, time: ordered_at, contract: contracts/orders.yaml}
        rides: {from: rides_file, time: at}
        dear: {sql: "select id, paid * 2 as twice from orders where paid > 10"}
        people: {sql: "select town, count(*) as n from customers group by 1"}
      features:
        town_fares:
          from: rides
          key: town
          known: at + interval '1' hour
          windows: [3h]
          values: {rides: count(*), mean: avg(fare)}
      """;

  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init") // set before each
  private TestProject project;

  @BeforeEach
  void aProjectWithoutItsCatalogs() throws IOException {
    project = new TestProject(folder);
    project.yaml(PROJECT);
    Files.createDirectories(folder.resolve("contracts"));
    Files.createDirectories(folder.resolve("tests"));
    Files.writeString(
        folder.resolve("contracts/orders.yaml"),
        """
        columns:
          paid: {required: true, min: 0}
        max_bad_share: 0.01
        """);
  }

  private void tests(String file, String yaml) throws IOException {
    Files.writeString(folder.resolve("tests").resolve(file), yaml);
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "test";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return project.headwater(all);
  }

  @Test
  void eachKindOfTargetIsTestedWithoutItsCatalogs() throws IOException {
    tests(
        "orders.yaml",
        """
        tests:
          casts and letters:
            target: orders
            given:
              orders_file: |
                id,paid,ordered_at,note
                1,12.50,2026-01-01 08:00,
                2,-1,2026-01-02 08:00,negative
                x,3,2026-01-03 08:00,no number
            expect:
              rows:
                - {id: 1, paid: 12.5, ordered_at: 2026-01-01T08:00:00}
              letters:
                - {code: min, column: paid, value: "-1.00"}
                - {column: id, value: x}
          rows are written as the source has them:
            target: orders
            given:
              orders_file:
                - {id: 1, paid: 7, ordered_at: 2026-01-01T08:00:00}
                - {id: 2, paid: null, ordered_at: 2026-01-01T09:00:00}
            expect: {count: 1, letters: [{code: required, column: paid}]}
          limits are kept where a run is to fail:
            target: orders
            given: {orders_file: [{id: 1, paid: 7}, {id: 2, paid: -7}]}
            expect: {fails: letters}
        """);
    tests(
        "derived.yaml",
        """
        tests:
          a query over a given table:
            target: dear
            given:
              orders:
                columns: {paid: "decimal(9, 2)"}
                rows: [{id: 1, paid: 10.01}, {id: 2, paid: 10}]
            expect:
              columns: [id, twice]
              rows: [{id: 1, twice: 20.02}]
          from the file on:
            target: dear
            given: {orders_file: "id,paid,ordered_at\\n7,11,2026-01-01T00:00:00\\n"}
            expect: {includes: [{id: 7}]}
          another project's table:
            target: people
            given: {customers: [{town: Ulm}, {town: Ulm}, {town: Bonn}]}
            expect: {rows: [{town: Bonn, n: 1}, {town: Ulm, n: 2}]}
        """);
    tests(
        "features.yaml",
        """
        tests:
          what is known counts from an hour later on:
            target: town_fares
            given:
              rides:
                - {town: Ulm, at: 2026-01-01T08:00:00, fare: 10.0}
                - {town: Ulm, at: 2026-01-01T09:30:00, fare: 20.0}
            asked:
              - {town: Ulm, at: 2026-01-01T10:31:00}
              - {town: Bonn, at: 2026-01-01}
            expect:
              rows:
                - {town: Ulm, at: 2026-01-01T08:00:00, rides_3h: 0}
                - {town: Ulm, at: 2026-01-01T09:30:00, rides_3h: 1, mean_3h: 10}
                - {town: Ulm, at: 2026-01-01T10:31:00, rides_3h: 2, mean_3h: 15}
                - {town: Bonn, at: 2026-01-01, rides_3h: 0}
          parquet is given as rows:
            target: rides
            given: {rides_file: [{town: Ulm, at: 2026-01-01}]}
            expect: {rows: [{town: Ulm, at: 2026-01-01}]}
        """);
    assertThat(run()).as(project.said()).isZero();
    assertThat(project.said()).contains("shop · 8 tests", "8 tests passed");
    assertThat(folder.resolve(".headwater/catalog.db")).doesNotExist();
  }

  @Test
  void whatDiffersIsShownAndWrittenForServers() throws IOException {
    tests(
        "orders.yaml",
        """
        tests:
          wrong on purpose:
            target: orders
            given:
              orders_file:
                - {id: 1, paid: 10, ordered_at: 2026-01-01T08:00:00}
                - {id: 2, paid: 20, ordered_at: 2026-01-02T08:00:00}
                - {id: 3, paid: 30, ordered_at: 2026-01-03T08:00:00}
                - {id: 4, paid: -1, ordered_at: 2026-01-04T08:00:00}
            expect:
              rows:
                - {id: 1, paid: 10, ordered_at: 2026-01-01T08:00:00}
                - {id: 2, paid: 20.01, ordered_at: 2026-01-02T08:00:00}
                - {id: 9, paid: 90, ordered_at: 2026-01-09T08:00:00}
              letters: [{code: max}]
          near enough:
            target: orders
            given: {orders_file: [{id: 2, paid: 20}]}
            expect: {rows: [{id: 2, paid: 20.01}]}
            tolerance: {paid: 0.001}
          no such column:
            target: orders
            given: {orders_file: [{id: 2, paid: 20}]}
            expect: {rows: [{id: 2, price: 20}]}
          only bad rows:
            target: orders
            given: {orders_file: [{id: 2, paid: -20}]}
            expect: {letters: [{code: min}]}
        """);
    Path xml = folder.resolve("reports/orders.xml");
    assertThat(run("orders", "--junit", xml.toString())).as(project.said()).isEqualTo(1);
    assertThat(project.said())
        .contains("tests/orders.yaml:2: 3 rows expected, 3 there: 1 differs, 1 missing, 1 not")
        .contains("1 letter expected, 1 there")
        .containsPattern("~ +2 +20\\.00, not 20\\.01 +2026-01-02T08:00")
        .containsPattern("- +9 +90\\.00")
        .containsPattern("\\+ +3 +30\\.00")
        .contains("-  code: max", "+  code: min, column: paid, value: -1.00")
        .contains("ok      near enough")
        .contains("there is no column price", "table/orders has id, paid, ordered_at")
        .contains("FAILED  only bad rows", "3 of 4 tests did not pass");
    assertThat(xml)
        .content()
        .contains("<testsuite name=\"tests.orders\" tests=\"4\" failures=\"2\" errors=\"1\"")
        .contains("<testcase classname=\"tests.orders\" name=\"wrong on purpose\"")
        .contains("<failure message=\"3 rows expected, 3 there")
        .contains("<error message=\"");

    assertThat(run("-k", "near", "-o", "json", "--junit", folder.resolve("reports").toString()))
        .isZero();
    assertThat(project.said()).contains("\"passed\" : 1").contains("\"status\" : \"passed\"");
    assertThat(folder.resolve("reports/TEST-tests.orders.xml")).exists();
  }

  @Test
  void whatCannotBeUnderstoodIsToldAtOnce() throws IOException {
    assertThat(run()).isEqualTo(2);
    assertThat(project.said()).contains("Project shop has no tests.");
    tests(
        "a.yaml",
        """
        tests:
          one: {target: ordrs, given: {orders_file: []}, expect: {count: 1}}
          two: {target: dear, given: {rides_file: []}, expect: {}}
          three: {target: orders, given: {orders: []}, expect: {count: x, fails: y}}
          four: {target: town_fares, given: {rides: 7, town_fares: []}, asked: 3}
        """);
    tests("b.yaml", "tests: {a: {target: people, given: {customers: {file: no.csv}}, exect: {}}}");
    assertThat(run()).isEqualTo(2);
    assertThat(project.said())
        .contains("tests has ")
        .contains("line 2  tests/a.yaml tests.one.target: There is no 'ordrs' in project shop.")
        .contains("tests.two.given.rides_file: is nothing that table/dear needs")
        .contains("tests.two.given: has no rows for orders_file")
        .contains("tests.two.expect: expects nothing")
        .contains("tests.three.given.orders: is what is tested: give what it is made of")
        .contains("'x' is not a whole number")
        .contains("tests.three.expect.fails: a run that fails leaves no rows")
        .contains("tests.four.expect: is missing")
        .contains("tests.four.asked: must be a list of rows")
        .contains("tests/b.yaml tests.a.given.customers.file: there is no file")
        .contains("unknown key 'exect'. Did you mean 'expect'?");
  }
}

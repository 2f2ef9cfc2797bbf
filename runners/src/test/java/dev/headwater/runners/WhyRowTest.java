package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows followed back to their files, and rows that are not there. */
final class WhyRowTest {
  private static final String YAML =
      """
      project: shop
      sources:
        files: data/rides*.csv
        zone_files: data/zones.csv
      tables:
        rides: {from: files, time: at, contract: rides.yaml}
        zones: {from: zone_files}
        long_rides: {sql: "select id as ride, at, zone, minutes from rides where minutes > 10"}
        named:
          sql: |
            select r.ride, r.at, r.minutes, z.name
            from long_rides r join zones z on r.zone = z.zone
        per_zone: {sql: "select zone, count(*) as n, max(minutes) as longest from rides group by zone"}
      features:
        recent: {from: rides, key: zone, time: at, windows: [3h], values: {n: count(*), m: avg(minutes)}}
      models:
        late:
          rows: rides
          time: at
          inputs: {zone: {view: recent, key: zone}, minutes: minutes}
          label: minutes > 20
          split: {by: at, train_until: 2026-01-03, holdout_until: 2026-01-04}
          network: {mlp: [2]}
          training: {epochs: 1}
      scores:
        scored: {model: late@champion, rows: rides, where: "at >= timestamp '2026-01-03'"}
      """;

  @SuppressWarnings("NullAway.Init")
  private static TestProject shop;

  @BeforeAll
  static void run(@TempDir Path folder) throws IOException {
    shop = new TestProject(folder);
    shop.yaml(YAML);
    Files.writeString(folder.resolve("rides.yaml"), "columns: {minutes: {min: 0}}\n");
    StringBuilder rides = new StringBuilder("id,at,zone,minutes\n");
    for (int i = 1; i <= 72; i++) {
      rides.append(
          String.format(
              Locale.ROOT,
              "%d,2026-01-0%dT%02d:30:00,%s,%d%n",
              i,
              1 + (i - 1) / 24,
              (i - 1) % 24,
              i % 2 == 0 ? "a" : "b",
              i % 30 + 1));
    }
    Files.writeString(folder.resolve("data/rides1.csv"), rides);
    Files.writeString(
        folder.resolve("data/rides2.csv"),
        "id,at,zone,minutes\n100,2026-01-03T23:10:00,q,25\n101,2026-01-03T23:20:00,a,-5\n");
    Files.writeString(folder.resolve("data/zones.csv"), "zone,name\na,Alpha\nb,Beta\n");
    assertThat(shop.headwater("run")).as(shop.said()).isZero();
  }

  @Test
  void aRowOfAFileHasItsLine() {
    asked("rides", "--key", "id=29");
    assertThat(shop.said())
        .contains("id=29", "by ingest, run ", "data/rides1.csv")
        .containsPattern("line 30, byte \\d+: 29,2026-01-02T04:30:00,b,30");
  }

  @Test
  void aJoinedRowGoesBackThroughBothTables() {
    asked("named", "--key", "ride=29");
    assertThat(shop.said())
        .contains("by derive", "long_rides@", "rides@", "zones@", "joined by zone")
        .contains("line 30,", "data/zones.csv", "line 3, byte 18: b,Beta");
  }

  @Test
  void aGroupHasItsRows() {
    asked("per_zone", "--key", "zone=b", "-o", "json");
    assertThat(shop.said()).contains("\"count\" : 36", "the rows of its group");
  }

  @Test
  void aFeatureHasTheRowsOfItsWindow() {
    asked("recent", "--key", "zone=a", "--where", "at = timestamp '2026-01-01 03:30:00'");
    assertThat(shop.said())
        .contains("of [2026-01-01T00:30, 2026-01-01T03:30)", "n_3h = 1 is count(*)")
        .contains("m_3h = 3.0 is avg(minutes)", "id=2 ", "line 3,");
  }

  @Test
  void aPredictionHasItsRowItsFeaturesAndItsModel() {
    asked("scored", "--key", "id=60");
    assertThat(shop.said())
        .contains("by score", "predicted by ", "late@1", "input minutes = 1 is minutes")
        .contains("rides@", "recent@", "input zone", "line 61,");
  }

  @Test
  void whatIsNotThereSaysWhere() {
    asked("long_rides", "--key", "ride=31");
    assertThat(shop.said())
        .contains("no row with", "left out: minutes > 10 is not true of it", "line 32,");
    asked("rides", "--key", "id=101");
    assertThat(shop.said()).contains("rides__letters", "it is a letter", "minutes is -5");
    asked("long_rides", "--key", "ride=101");
    assertThat(shop.said()).contains("has no row with id = 101", "it is a letter");
    asked("named", "--key", "ride=100");
    assertThat(shop.said()).contains("zones", "joined by zone", "has no row with zone = q");
    asked("rides", "--key", "id=999");
    assertThat(shop.said()).contains("none of the 2 files that the last run knew has it");
    asked("scored", "--key", "id=1");
    assertThat(shop.said()).contains("left out: at >= TIMESTAMP '2026-01-03' is not true of it");
  }

  @Test
  void aRowThatCantBeComputedIsToldWithItsValuesAndItsFile() throws IOException {
    String bad = "  bad: {sql: \"select id, 100 / (id - 29) as x from rides\"}\n";
    shop.yaml(YAML.replace("features:", bad + "features:"));
    assertThat(shop.headwater("run", "bad")).as(shop.said()).isEqualTo(3);
    assertThat(shop.said())
        .containsPattern("A row of \\S*shop\\.rides can't be computed: In `")
        .contains("The row is id = 29", "It is in ", ".parquet");
    shop.yaml(YAML);
  }

  @Test
  void wrongQuestionsNameTheColumns() {
    assertThat(shop.headwater("why-row", "rides")).isEqualTo(2);
    assertThat(shop.said()).contains("Which row?");
    assertThat(shop.headwater("why-row", "rides", "--key", "ride=1")).isEqualTo(2);
    assertThat(shop.said()).contains("There is no column ride.", "id, at, zone, minutes");
    assertThat(shop.headwater("why-row", "rides", "--where", "minutes")).isEqualTo(2);
    assertThat(shop.said()).contains("it is no condition");
  }

  private static void asked(String table, String... more) {
    String[] verb = new String[more.length + 2];
    verb[0] = "why-row";
    verb[1] = table;
    System.arraycopy(more, 0, verb, 2, more.length);
    assertThat(shop.headwater(verb)).as(shop.said()).isZero();
  }
}

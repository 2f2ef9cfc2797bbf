package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A topic's rows in several tables, read again and brought there from letters after all: each is in
 * its table once, wherever the command is killed, and whoever is at it at the same time.
 */
final class RoutedAgainIT {
  private static final KafkaBroker BROKER = KafkaBroker.shared();
  private static final String[] RANGE = {
    "backfill", "events", "--from", "1970-01-01T00:00:15Z", "--to", "1970-01-01T00:00:35Z"
  };
  private static final String[] REPLAY = {"letters", "events", "replay"};

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  private TestProject here;
  private TestProject there;

  @BeforeEach
  void projects() throws IOException {
    here = new TestProject(folder.resolve("here"));
    there = new TestProject(folder.resolve("there"));
  }

  private void declare(String topic, String more) throws IOException {
    for (TestProject each : List.of(here, there)) {
      each.yaml(
          """
          project: shop
          catalogs:
            lake: {catalog-impl: %s, uri: "jdbc:sqlite:%s", warehouse: %s, access: write}
          sources:
            in:
              kafka: {servers: "%s", topic: %s, columns: {kind: string, n: int%s}, partition: p, offset: o}
          tables:
            events: {from: in, catalog: lake, route: {by: kind, create: true}, contract: rules.yaml}
          """
              .formatted(
                  PausedCatalog.class.getName(),
                  folder.resolve("lake.db"),
                  folder.resolve("lake").toUri(),
                  BROKER.servers(),
                  topic,
                  more));
    }
  }

  private void rules(String n) throws IOException {
    for (TestProject each : List.of(here, there)) {
      Files.writeString(each.folder().resolve("rules.yaml"), "columns:\n  n: {" + n + "}\n");
    }
  }

  /** Ten seconds after each other. */
  private static void send(String topic, int first, String... values) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      byte[] value = values[i].getBytes(StandardCharsets.UTF_8);
      records.add(new ProducerRecord<>(topic, 0, 10_000L * (first + i), null, value));
    }
    BROKER.send(records);
  }

  private static String row(String kind, int n) {
    return "{\"kind\":\"" + kind + "\",\"n\":" + n + "}";
  }

  private static void runs(TestProject project, String... verb) {
    assertThat(project.headwater(verb)).as(project.said()).isZero();
  }

  private List<String> rows(String kind) throws IOException {
    TableRef ref = new TableRef("lake", "shop", "events_" + kind);
    CatalogConfig config =
        new CatalogConfig(
            "lake",
            Map.of(
                "uri",
                "jdbc:sqlite:" + folder.resolve("lake.db"),
                "warehouse",
                folder.resolve("lake").toUri().toString()));
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Optional<Table> table = catalog.find(ref);
      return table.isEmpty() ? List.of("none") : TestProject.rows(table.get(), ref);
    }
  }

  private void letters(int open) {
    runs(here, "letters", "events", "-o", "json");
    assertThat(here.said()).contains("\"letters\" : " + open);
  }

  @Test
  void aRangeOfSeveralTablesIsThereOnceWheneverItsBackfillIsKilled() throws Exception {
    BROKER.create("ranges", 1, Map.of());
    send("ranges", 1, row("a", 1), row("b", 2), row("a", 50), row("b", 4));
    declare("ranges", "");
    rules("max: 10");
    runs(here, "run");
    assertThat(rows("a")).containsExactly("a 1 0 0");
    assertThat(rows("b")).containsExactly("b 2 0 1", "b 4 0 3");

    rules("min: 3");
    runs(here, "backfill", "events", "--from", RANGE[3], "--to", RANGE[5], "--dry-run");
    assertThat(here.said()).contains("1 rows would go, those of at most 2 records would come.");
    // It is decided, and one of both tables has what is its own.
    TwoMachinesIT.killed(here, "before events_b 1", RANGE);
    assertThat(rows("a")).containsExactly("a 1 0 0", "a 50 0 2");
    assertThat(rows("b")).containsExactly("b 2 0 1", "b 4 0 3");
    runs(here, REPLAY);
    assertThat(here.said()).contains("1 letters of events tried: 0 are in the table now, 1 stay");
    assertThat(rows("a")).containsExactly("a 1 0 0", "a 50 0 2");
    assertThat(rows("b")).containsExactly("b 4 0 3");
    letters(1);

    rules("min: 2");
    runs(here, RANGE);
    assertThat(here.said()).contains("1 rows are gone, 2 came, 0 letters");
    runs(here, RANGE);
    assertThat(here.said()).contains("2 rows are gone, 2 came, 0 letters");
    assertThat(rows("a")).containsExactly("a 1 0 0", "a 50 0 2");
    assertThat(rows("b")).containsExactly("b 2 0 1", "b 4 0 3");
    letters(0);
    runs(here, "run");
    assertThat(here.said()).contains("no records");
    assertThat(rows("b")).hasSize(2);
  }

  @Test
  void lettersComeOnceIntoTheTablesThatTheyNameWheneverTheirReplayIsKilled() throws Exception {
    BROKER.create("replays", 1, Map.of());
    send("replays", 1, row("a", 1), row("b", 50), row("new", 60), "{\"n\":1}", row("a", 70));
    declare("replays", "");
    rules("max: 10");
    runs(here, "run");
    assertThat(here.said()).contains("1 to 1 tables, 4 letters");

    rules("min: 0");
    runs(here, "letters", "events", "replay", "--dry-run");
    assertThat(here.said()).contains("3 would be in the table, 1 would stay letters");
    assertThat(rows("new")).as("nothing is made").containsExactly("none");
    // The first commit of a table makes it.
    TwoMachinesIT.killed(here, "before events_new 2", REPLAY);
    assertThat(rows("a")).containsExactly("a 1 0 0", "a 70 0 4");
    assertThat(rows("b")).containsExactly("b 50 0 1");
    assertThat(rows("new")).isEmpty();
    letters(4);
    runs(here, REPLAY);
    assertThat(here.said()).contains("1 letters of events tried: 0 are in the table now, 1 stay");
    assertThat(rows("a")).containsExactly("a 1 0 0", "a 70 0 4");
    assertThat(rows("b")).containsExactly("b 50 0 1");
    assertThat(rows("new")).containsExactly("new 60 0 2");
    letters(1);

    // A row that was mended, and one with a column that its table has not yet.
    send("replays", 6, "{\"kind\":\"b\",\"n\":-1,\"m\":7}");
    declare("replays", ", m: int");
    runs(here, "run");
    rules("min: -5");
    Path mended = folder.resolve("mended.jsonl");
    runs(here, "letters", "events", "export", "--to", mended.toString());
    Files.writeString(
        mended,
        Files.readString(mended).replace("{\\\"n\\\"", "{\\\"kind\\\":\\\"b\\\",\\\"n\\\""));
    runs(here, "letters", "events", "replay", "--file", mended.toString());
    assertThat(rows("b")).containsExactly("b -1 0 5 7", "b 1 0 3 null", "b 50 0 1 null");
    letters(0);
  }

  @Test
  void whatOthersBringMeanwhileIsThereOnceToo() throws Exception {
    BROKER.create("meanwhile", 1, Map.of());
    send("meanwhile", 1, row("a", 1), row("b", 2), row("a", 50));
    declare("meanwhile", "");
    rules("max: 10");
    runs(here, "run");
    rules("max: 100");
    // Letters come into the range while it is read again on another machine.
    PausedCatalog.once("events", () -> runs(there, REPLAY));
    runs(here, RANGE);
    assertThat(there.said()).contains("1 are in the table now, 0 stay letters");
    assertThat(rows("a")).containsExactly("a 1 0 0", "a 50 0 2");
    assertThat(rows("b")).containsExactly("b 2 0 1");

    // New records come to the tables, and the range is read again between letters and their rows.
    rules("max: 1");
    runs(here, RANGE);
    letters(2);
    rules("max: 100");
    send("meanwhile", 4, row("b", 4));
    PausedCatalog.once(
        "events",
        () -> {
          runs(there, RANGE);
          runs(there, "run");
        });
    runs(here, REPLAY);
    assertThat(there.said()).contains("1 to 1 tables");
    assertThat(rows("a")).containsExactly("a 1 0 0", "a 50 0 2");
    assertThat(rows("b")).containsExactly("b 2 0 1", "b 4 0 3");
    letters(0);
  }
}

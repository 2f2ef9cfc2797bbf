package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a project makes of a topic's rows: several tables, other columns, rows that go. */
final class TopicTablesIT {
  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private TestProject project;

  @BeforeEach
  void project() throws Exception {
    project = new TestProject(folder);
  }

  private static void send(String topic, String... values) {
    KafkaBroker broker = KafkaBroker.shared();
    broker.create(topic, 1, Map.of());
    more(topic, values);
  }

  private static void more(String topic, String... values) {
    KafkaBroker.shared()
        .send(
            Stream.of(values)
                .map(v -> v.getBytes(StandardCharsets.UTF_8))
                .map(v -> new ProducerRecord<byte[], byte[]>(topic, 0, null, v))
                .toList());
  }

  private void declare(String topic, String columns, String table) throws Exception {
    project.yaml(
        """
        project: shop
        sources:
          topic: {kafka: {servers: "%s", topic: %s, columns: %s}}
        tables:
          events: {from: topic, %s}
        """
            .formatted(KafkaBroker.shared().servers(), topic, columns, table));
  }

  private void runs(String... verb) {
    assertThat(project.headwater(verb)).as(project.said()).isZero();
  }

  private List<String> rows(String table) throws Exception {
    return project.rows(TableRef.of("shop", table));
  }

  @Test
  void rowsGoToTheTablesThatTheyNameEachOnce() throws Exception {
    String columns = "{kind: string, id: long}";
    send(
        "kinds",
        "{\"kind\":\"click\",\"id\":1}",
        "{\"kind\":\"view\",\"id\":2}",
        "{\"kind\":\"no/table\",\"id\":3}",
        "{\"id\":4}",
        "{\"kind\":\"click\",\"id\":-5}");
    declare("kinds", columns, "route: {by: kind, create: true}, partition: 'bucket(2, id)'");
    runs("run");
    assertThat(project.said()).contains("3 to 2 tables, 2 letters");
    assertThat(rows("events_click")).containsExactly("click -5", "click 1");
    assertThat(rows("events_view")).containsExactly("view 2");
    assertThat(rows("events")).isEmpty();
    // The record says where all of them are: in two tables, or letters.
    runs("runs", "events", "-o", "json");
    assertThat(project.said())
        .contains("\"rows_in\" : 5.0", "\"rows_kept\" : 3.0", "\"rows_letters\" : 2.0")
        .contains("\"rows_filtered\" : 0.0", "shop.events_click", "shop.events_view");
    runs("letters", "events");
    assertThat(project.said())
        .contains("'no/table' can be no table's name", "kind is null: it names no table");
    runs("run");
    assertThat(project.said()).contains("Everything is fresh");

    // Tables are made no more; a contract stands before all of them.
    declare("kinds", columns, "route: kind");
    more(
        "kinds",
        "{\"kind\":\"view\",\"id\":6}",
        "{\"kind\":\"new\",\"id\":7}",
        "{\"kind\":\"click\",\"id\":8}");
    runs("run");
    assertThat(project.said()).contains("2 to 2 tables, 1 letters");
    runs("letters", "events");
    assertThat(project.said()).contains("there is no table shop.events_new, and none may be made");
    assertThat(rows("events_view")).containsExactly("view 2", "view 6");
    runs("trace", "events");
  }

  @Test
  void whatATableGotBeforeTheOthersIsNotWrittenAgain() throws Exception {
    send("halfway", "{\"kind\":\"a\",\"id\":1}", "{\"kind\":\"b\",\"id\":2}");
    declare("halfway", "{kind: string, id: long}", "route: {by: kind, create: true}");
    runs("run");
    more("halfway", "{\"kind\":\"a\",\"id\":3}", "{\"kind\":\"b\",\"id\":4}");
    runs("run");
    // As if the job had ended when one table had its rows, and the others had not.
    try (TableCatalog catalog = project.catalog()) {
      for (String name : List.of("events", "events_b")) {
        Table table = catalog.load(TableRef.of("shop", name));
        long before = Objects.requireNonNull(table.currentSnapshot().parentId());
        table.manageSnapshots().rollbackTo(before).commit();
      }
    }
    assertThat(rows("events_b")).containsExactly("b 2");
    more("halfway", "{\"kind\":\"b\",\"id\":5}", "{\"kind\":\"a\",\"id\":6}");
    runs("run");
    assertThat(project.said()).contains("3 to 2 tables, 0 letters, 1 filtered");
    assertThat(rows("events_a")).containsExactly("a 1", "a 3", "a 6");
    assertThat(rows("events_b")).containsExactly("b 2", "b 4", "b 5");
  }

  @Test
  void rowsForWhichAConditionIsTrueRemoveThoseWithTheirKey() throws Exception {
    send(
        "ops",
        "{\"id\":1,\"name\":\"a\",\"op\":\"u\"}",
        "{\"id\":2,\"name\":\"b\",\"op\":\"u\"}",
        "{\"name\":\"c\",\"op\":\"u\"}");
    declare(
        "ops",
        "{id: long, name: string, op: string}",
        "write: upsert, key: id, delete: \"op = 'd'\"");
    runs("run");
    assertThat(project.said()).contains("2 kept, 1 letters");
    runs("letters", "events", "summary");
    assertThat(project.said()).contains("a column of its key is null");
    more("ops", "{\"id\":1,\"op\":\"d\"}", "{\"id\":3,\"name\":\"c\",\"op\":\"u\"}");
    runs("run");
    assertThat(rows("events")).containsExactly("2 b u", "3 c u");
  }

  @Test
  void aRecordWithoutAValueRemovesTheRowWithItsKey() throws Exception {
    send("dead", "{\"id\":1,\"name\":\"a\"}", "{\"id\":2,\"name\":\"b\"}");
    more("dead", "{\"id\":3,\"name\":\"c\"}");
    for (String key : List.of("1", "{\"id\":3}", "x")) {
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      KafkaBroker.shared().send(List.of(new ProducerRecord<>("dead", 0, bytes, null)));
    }
    declare(
        "dead",
        "{id: long, name: string}",
        "write: upsert, key: id, tombstones: delete, delete: \"name = 'gone'\"");
    runs("run");
    assertThat(rows("events")).containsExactly("2 b");
    assertThat(project.said()).contains("1 kept, 1 letters, 4 filtered");
    more("dead", "{\"id\":2,\"name\":\"gone\"}", "{\"id\":4,\"name\":\"d\"}");
    runs("run");
    assertThat(rows("events")).containsExactly("4 d");
  }

  @Test
  void columnsAreRenamedAndWhatDoesNotFitIsALetter() throws Exception {
    send("fits", "{\"id\":1,\"town\":\"Ulm\",\"n\":1}");
    declare("fits", "{id: int, town: string, n: float}", "write: append");
    runs("run");
    try (TableCatalog catalog = project.catalog()) {
      Table table = catalog.load(TableRef.of("shop", "events"));
      table.updateSchema().updateColumn("n", Types.DoubleType.get()).commit();
    }
    more(
        "fits",
        "{\"id\":\"2\",\"town\":\"Bonn\",\"n\":2.5}",
        "{\"id\":\"x\",\"town\":\"Kiel\",\"n\":3}");
    declare(
        "fits",
        "{id: string, town: string, n: float}",
        "write: append, schema: {rename: {town: city}, else: letters}");
    runs("run");
    assertThat(project.said()).contains("0 kept, 2 letters");
    try (TableCatalog catalog = project.catalog()) {
      assertThat(catalog.load(TableRef.of("shop", "events")).schema().columns())
          .extracting(Types.NestedField::name)
          .containsExactly("id", "city", "n");
    }
    declare(
        "fits",
        "{id: int, town: string, n: float}",
        "write: append, schema: {rename: {town: city}}");
    more("fits", "{\"id\":4,\"town\":\"Jena\",\"n\":0.5}");
    runs("run");
    assertThat(rows("events")).containsExactly("1 Ulm 1.0", "4 Jena 0.5");
  }

  private static String at(int id, String time) {
    return "{\"id\":" + id + ",\"at\":" + (time.isEmpty() ? "null" : "\"" + time + "\"") + "}";
  }

  @Test
  void theFirstRowsOfAWindowTakeThePlaceOfWhatTheTableHasOfIt() throws Exception {
    send("first", at(1, "2001-06-01T09:10:00Z"), at(2, "2001-06-01T10:10:00Z"));
    more("first", at(3, "2001-06-01T10:59:59.999999Z"), at(4, "2001-05-01T00:00:00Z"));
    String columns = "{id: long, at: timestamptz}";
    declare("first", columns, "time: at, partition: hour(at)");
    runs("run");
    assertThat(rows("events")).hasSize(4);

    // Computed better: a topic of its own, whose hours take the place of the old ones.
    send("better", at(20, "2001-06-01T10:00:00Z"), at(21, ""), at(22, "2001-06-01T12:00:00Z"));
    declare("better", columns, "time: at, partition: hour(at), write: overwrite");
    Path yaml = folder.resolve("headwater.yaml");
    String text = Files.readString(yaml);
    project.yaml(
        text.replace("topic: {kafka", "next: {kafka").replace("from: topic", "from: next"));
    runs("run");
    assertThat(project.said()).contains("2 kept, 1 letters");
    assertThat(ids()).containsExactly("1", "20", "22", "4");
    // More of an hour that is taken over comes beside; a stray row takes nothing away.
    more("better", at(23, "2001-06-01T10:30:00Z"), at(24, "2001-05-01T00:30:00Z"));
    runs("run");
    assertThat(ids()).containsExactly("1", "20", "22", "23", "24", "4");

    Thread stream =
        new Thread(() -> project.headwater("run", "events", "--stream", "--runner=direct"));
    stream.start();
    try {
      more("better", at(25, "2001-06-01T09:30:00Z"), at(26, "2001-06-01T12:30:00Z"));
      await("26");
      // Long behind the others: late, and a row like any other.
      byte[] late = at(27, "2001-06-01T12:31:00Z").getBytes(StandardCharsets.UTF_8);
      KafkaBroker.shared().send(List.of(new ProducerRecord<>("better", 0, 1_000L, null, late)));
      await("27");
    } finally {
      stream.interrupt();
      stream.join();
    }
    assertThat(ids()).containsExactly("20", "22", "23", "24", "25", "26", "27", "4");
    try (TableCatalog catalog = project.catalog()) {
      assertThat(catalog.load(TableRef.of("shop", "events")).snapshots())
          .extracting(snapshot -> snapshot.summary().get("headwater.fact.rows_late"))
          .contains("1");
    }
  }

  private void await(String id) throws Exception {
    for (int i = 0; i < 1_200 && !ids().contains(id); i++) {
      Thread.sleep(100);
    }
  }

  private List<String> ids() throws Exception {
    return rows("events").stream().map(row -> row.substring(0, row.indexOf(' '))).toList();
  }
}

package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Letters of a topic's records, tried again and kept few, as the command does it. */
final class TopicLettersIT {
  private static final KafkaBroker BROKER = KafkaBroker.shared();

  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
  }

  private static void send(String topic, String... values) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (String value : values) {
      byte[] key = ("k" + records.size()).getBytes(StandardCharsets.UTF_8);
      records.add(
          new ProducerRecord<>(topic, 0, 5_000L, key, value.getBytes(StandardCharsets.UTF_8)));
    }
    BROKER.send(records);
  }

  private void declare(String topic, String columns, String tables) throws IOException {
    project.yaml(
        """
        project: shop
        sources:
          in: {kafka: {servers: "%s", topic: %s, columns: {%s}, offset: at_offset}}
        tables:
        %s\
        """
            .formatted(BROKER.servers(), topic, columns, tables.indent(2)));
  }

  private void most(int n) throws IOException {
    Files.writeString(folder.resolve("rules.yaml"), "columns:\n  n: {max: " + n + "}\n");
  }

  private void runs(String... verb) {
    assertThat(project.headwater(verb)).as(project.said()).isZero();
  }

  private List<String> rows(String table) throws IOException {
    return project.rows(TableRef.of("shop", table));
  }

  @Test
  void recordsComeIntoTheTableOnceTheyFitOrWereMended() throws IOException {
    BROKER.create("mended", 1, Map.of());
    send(
        "mended",
        "{\"id\":1,\"n\":1}",
        "{\"id\":2,\"n\":\"x\"}",
        "{\"id\":3,\"n\":50}",
        "{\"id\":4,\"n\":2,\"new\":\"b\"}");
    most(10);
    String table = "orders: {from: in, contract: rules.yaml}";
    declare("mended", "id: long, n: int", table);
    runs("run");
    assertThat(project.said()).contains("1 kept, 3 letters");
    most(100);
    runs("letters", "orders", "replay", "--dry-run");
    assertThat(project.said()).contains("1 would be in the table, 2 would stay letters");
    assertThat(rows("orders")).containsExactly("1 1 0");

    // A column that came since, and a row that was mended.
    declare("mended", "id: long, n: int, new: string", table);
    runs("letters", "orders", "replay");
    assertThat(project.said()).contains("3 letters of orders tried: 2 are in the table now, 1 ");
    assertThat(rows("orders")).containsExactly("1 1 0 null", "3 50 2 null", "4 2 3 b");
    Path mended = folder.resolve("mended.jsonl");
    runs("letters", "orders", "export", "--to", mended.toString());
    Files.writeString(mended, Files.readString(mended).replace("\\\"x\\\"", "7"));
    runs("letters", "orders", "replay", "--file", mended.toString());
    assertThat(rows("orders")).contains("2 7 1 null").hasSize(4);
    runs("letters", "orders", "replay");
    assertThat(project.said()).contains("No letter of orders to try.");
    runs("run");
    assertThat(project.said()).contains("no records");
    assertThat(rows("orders")).hasSize(4);
  }

  @Test
  void anOlderRecordNeverTakesThePlaceOfANewerRow() throws IOException {
    BROKER.create("keyed", 1, Map.of());
    send(
        "keyed",
        "{\"id\":1,\"at\":5,\"n\":1}",
        "{\"id\":1,\"at\":9,\"n\":50}",
        "{\"id\":2,\"at\":1,\"n\":60}",
        "{\"id\":1,\"at\":7,\"n\":2}",
        "{\"id\":2,\"at\":3,\"n\":3}",
        "{\"id\":3,\"at\":2,\"n\":71}",
        "{\"id\":3,\"at\":2,\"n\":72}");
    most(10);
    String upsert = "from: in, contract: rules.yaml, write: upsert, key: id";
    declare(
        "keyed",
        "id: long, at: long, n: int",
        "ordered: {%s, order: at}\nplain: {%s}\n".formatted(upsert, upsert));
    runs("run");
    assertThat(rows("ordered")).containsExactly("1 7 2 3", "2 3 3 4");
    assertThat(rows("plain")).isEqualTo(rows("ordered"));
    most(100);
    runs("letters", "ordered", "replay");
    assertThat(project.said()).contains("4 letters of ordered tried: 4 are in the table now");
    assertThat(rows("ordered")).containsExactly("1 9 50 1", "2 3 3 4", "3 2 72 6");
    runs("letters", "plain", "replay");
    assertThat(project.said())
        .contains("4 letters of plain tried: 2 are in the table now, 2 stay letters.")
        .contains("without an order nothing says which is newer");
    assertThat(rows("plain")).containsExactly("1 7 2 3", "2 3 3 4", "3 2 72 6");
  }

  @Test
  void tooManyLettersStopARunAndAStream() throws IOException {
    BROKER.create("rubbish", 1, Map.of());
    send("rubbish", "{\"id\":1}", "{}", "[]");
    String table = "orders: {from: in, commit: 1s, letters: {max_share: %s, sample: 100}}";
    declare("rubbish", "id: long", table.formatted("0.5"));
    runs("run");
    assertThat(rows("orders")).hasSize(2);
    String[] more = new String[400];
    for (int i = 0; i < more.length; i++) {
      more[i] = i % 4 == 0 ? "{\"id\":\"x" + i + "\"}" : "{\"id\":" + i + "}";
    }
    send("rubbish", more);
    declare("rubbish", "id: long", table.formatted("0.1"));
    for (List<String> verb :
        List.of(List.of("run"), List.of("run", "orders", "--stream", "--runner=direct"))) {
      assertThat(project.headwater(verb.toArray(String[]::new))).as(project.said()).isEqualTo(3);
      assertThat(project.said())
          .contains("(25.00%), more than max_share 0.1 allows")
          .contains("Most often: id is no long (1", "e.g. 'x0' at rubbish:3");
    }
    assertThat(project.said()).contains("last rows", "What came before is committed");
    assertThat(rows("orders")).hasSize(2);
    runs("letters", "orders", "summary", "-o", "json");
    assertThat(project.said()).contains("\"letters\" : 1");
  }

  private static ProducerRecord<byte[], byte[]> at(String topic, long second, String value) {
    return new ProducerRecord<>(
        topic, 0, 1_000 * second, null, value.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aRangeOfTheRecordsTimeIsReadAgainWithoutDuplicates() throws IOException {
    BROKER.create("times", 1, Map.of());
    BROKER.send(
        List.of(
            at("times", 10, "{\"id\":1,\"n\":1}"),
            at("times", 20, "{\"id\":2,\"n\":2,\"new\":\"b\"}"),
            at("times", 30, "{\"id\":1,\"n\":50}"),
            at("times", 40, "{\"id\":1,\"n\":4}")));
    most(10);
    String tables =
        """
        orders: {from: in, contract: rules.yaml}
        keyed: {from: in, contract: rules.yaml, write: upsert, key: id, order: n}
        plain: {from: in, write: upsert, key: id}
        """;
    String[] backfill = {
      "backfill", "orders", "--from", "1970-01-01T00:00:15Z", "--to", "1970-01-01T00:00:35Z"
    };
    declare("times", "id: long, n: int", tables);
    assertThat(project.headwater("run", "orders")).as(project.said()).isZero();
    assertThat(project.headwater(backfill)).isEqualTo(2);
    assertThat(project.said()).contains("nothing tells which of its rows are of which records");
    placed();
    assertThat(project.headwater(backfill)).as("rows came before the columns").isEqualTo(2);
    assertThat(project.said()).contains("nothing tells which of its rows are of which records");

    folder = Files.createDirectory(folder.resolve("placed"));
    project = new TestProject(folder);
    most(10);
    declare("times", "id: long, n: int", tables);
    Path yaml = placed();
    runs("run");
    assertThat(rows("orders")).containsExactly("1 1 0 0", "1 4 0 3");
    most(100);
    Files.writeString(yaml, Files.readString(yaml).replace("n: int", "n: int, new: string"));
    runs(append(backfill, "--dry-run"));
    assertThat(project.said()).contains("0 rows would go, those of at most 2 records would come.");
    runs(backfill);
    assertThat(project.said()).contains("0 rows are gone, 2 came, 0 letters");
    runs(backfill);
    assertThat(project.said()).contains("2 rows are gone, 2 came, 0 letters");
    assertThat(rows("orders"))
        .containsExactly("1 1 0 0 null", "1 4 0 3 null", "1 50 0 2 null", "2 2 0 1 b");
    runs("letters", "orders");
    assertThat(project.said()).contains("No letter of orders is one of these.");
    runs("run", "orders");
    assertThat(rows("orders")).hasSize(4);

    backfill[1] = "keyed";
    runs(backfill);
    assertThat(rows("keyed")).containsExactly("1 50 0 2 null", "2 2 0 1 b");
    backfill[1] = "plain";
    assertThat(project.headwater(backfill)).isEqualTo(2);
    assertThat(project.said()).contains("an older record would take the place of a newer row");

    // Its offsets are another topic's, too.
    BROKER.create("others", 1, Map.of());
    BROKER.send(List.of(at("others", 10, "{\"id\":7}"), at("others", 20, "{\"id\":8}")));
    Files.writeString(
        yaml,
        Files.readString(yaml)
            .replace("  in: {kafka", "  more: {kafka")
            .replace("topic: times", "topic: others")
            .replace("from: in", "from: more"));
    runs("run", "orders");
    backfill[1] = "orders";
    assertThat(project.headwater(backfill)).isEqualTo(2);
    assertThat(project.said()).contains("has rows of another topic too");
    assertThat(rows("orders")).hasSize(6);
  }

  private Path placed() throws IOException {
    Path yaml = folder.resolve("headwater.yaml");
    return Files.writeString(
        yaml, Files.readString(yaml).replace("offset: at", "partition: part, offset: at"));
  }

  private static String[] append(String[] verb, String more) {
    List<String> all = new ArrayList<>(List.of(verb));
    all.add(more);
    return all.toArray(String[]::new);
  }

  @Test
  void aTopicIsProposedAsASourceThatRuns() throws IOException {
    BROKER.create("unknown", 2, Map.of());
    send(
        "unknown",
        "{\"id\":1,\"at\":\"2001-06-01T00:00:00\",\"price\":1.5}",
        "{\"id\":2,\"at\":\"2001-06-02T00:00:00\",\"name\":\"b\"}");
    runs("ingest", "--infer", "--servers", BROKER.servers(), "--topic", "unknown");
    assertThat(project.said()).contains("2 records looked at, objects in JSON", "time: at");
    project.yaml(project.said());
    runs("run");
    assertThat(project.said()).contains("2 kept, 0 letters");

    BROKER.create("changed", 1, Map.of());
    BROKER.send(
        List.of(
            new ProducerRecord<>(
                "changed",
                "{\"payload\":{\"id\":7}}".getBytes(StandardCharsets.UTF_8),
                "{\"op\":\"c\",\"before\":null,\"after\":{\"id\":7,\"name\":\"x\"}}"
                    .getBytes(StandardCharsets.UTF_8))));
    project = new TestProject(folder.resolve("changes"));
    runs("ingest", "--infer", "--servers", BROKER.servers(), "--topic", "changed");
    // Within the other one, so it proposes no name of its own.
    project.yaml("project: changes\n" + project.said());
    runs("run");
    assertThat(project.rows(TableRef.of("changes", "changed"))).containsExactly("7 x null");
    assertThat(project.headwater("ingest", "--infer")).isEqualTo(2);
    assertThat(project.said()).contains("Which files, or which topic?");
  }
}

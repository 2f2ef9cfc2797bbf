package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.broker.KafkaBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What events say of a run, where they go, and what never stands in them. */
final class LineageIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String TOPIC = "lineage-events";
  private static final String CANARY = "c4nary";

  @TempDir private Path folder = Path.of("unset");

  private TestProject project;

  LineageIT() throws IOException {
    project = new TestProject(Files.createTempDirectory("unused"));
  }

  @BeforeEach
  void declare() throws IOException {
    project = new TestProject(folder.resolve("shop"));
    Files.writeString(
        project.folder().resolve("data/orders.csv"), "id,price\n1,2.5\n2,-1\n3,4.5\n,0.5\n");
    Files.writeString(
        project.folder().resolve("contract.yaml"),
        "columns:\n  id: {required: true}\n  price: {min: 0, max: 100}\nrules:\n  round:"
            + " \"id is null or id < 1000\"\n");
    project.yaml(
        """
        project: shop
        sources: {in: data/*.csv}
        tables: {orders: {from: in, contract: contract.yaml}}
        """);
  }

  /** The process that a run's end may have left sending; it works in the folder. */
  @AfterEach
  void alone() {
    ProcessHandle.current()
        .children()
        .filter(p -> p.info().commandLine().orElse("").contains("LateSender"))
        .forEach(
            p -> {
              p.destroyForcibly();
              p.onExit().join();
            });
  }

  private JsonNode end(List<JsonNode> events) {
    return events.stream()
        .filter(e -> e.at("/job/name").asText().equals("shop.ingest.orders"))
        .filter(e -> e.path("eventType").asText().equals("COMPLETE"))
        .findFirst()
        .orElseThrow();
  }

  private List<JsonNode> file(Path file) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      events.add(JSON.readTree(line));
    }
    return events;
  }

  @Test
  void aBrokerAndAFileHaveAllEventsInOrder() throws Exception {
    KafkaBroker broker = KafkaBroker.shared();
    broker.create(TOPIC, 1, Map.of());
    Path to = folder.resolve("events.json");
    Files.writeString(
        project.folder().resolve("openlineage.yml"),
        """
        transport:
          type: composite
          transports:
            - type: kafka
              topicName: %s
              properties:
                bootstrap.servers: %s
                key.serializer: org.apache.kafka.common.serialization.StringSerializer
                value.serializer: org.apache.kafka.common.serialization.StringSerializer
                acks: all
            - type: file
              location: %s
            - type: console
        """
            .formatted(TOPIC, broker.servers(), to));
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.headwater("lineage", "flush")).as(project.said()).isZero();
    assertThat(project.said()).contains("0 pending, 0 parked");

    List<String> expected =
        List.of(
            "START shop",
            "START shop.landing.data/orders.csv",
            "COMPLETE shop.landing.data/orders.csv",
            "START shop.ingest.orders",
            "COMPLETE shop.ingest.orders",
            "COMPLETE shop");
    assertThat(once(file(to))).isEqualTo(expected);
    assertThat(once(records(broker))).isEqualTo(expected);
  }

  /** Which events they are; what was sent twice, once. */
  private static List<String> once(List<JsonNode> events) {
    return events.stream()
        .map(e -> e.path("eventType").asText() + " " + e.at("/job/name").asText())
        .distinct()
        .toList();
  }

  private static List<JsonNode> records(KafkaBroker broker) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    TopicPartition partition = new TopicPartition(TOPIC, 0);
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.servers(), "auto.offset.reset", "earliest");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, String> one : consumer.poll(Duration.ofSeconds(1))) {
          events.add(JSON.readTree(one.value()));
        }
      }
    }
    return events;
  }

  @Test
  void anEndTellsWhatIsInTheRowsWhichRulesTheyBrokeAndWhereTheCodeIs() throws Exception {
    Path git = Files.createDirectories(folder.resolve(".git/refs/heads"));
    Files.writeString(git.resolve("main"), COMMIT + "\n");
    Files.writeString(folder.resolve(".git/HEAD"), "ref: refs/heads/main\n");
    Files.writeString(
        folder.resolve(".git/config"),
        "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = git@git.example.org:team/shop.git\n");
    Path to = folder.resolve("events.json");
    Files.writeString(
        project.folder().resolve("openlineage.yml"),
        """
        transport: {type: file, location: '%s'}
        job: {owners: {team: air}, tags: ["tier:gold"]}
        facets: {custom_environment_variables: [PATH]}
        """
            .formatted(to));
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.headwater("lineage", "flush")).as(project.said()).isZero();

    JsonNode end = end(file(to));
    JsonNode variables = end.at("/run/facets/environmentVariables/environmentVariables");
    assertThat(variables.findValuesAsText("name")).containsExactly("PATH");
    assertThat(end.at("/job/facets/ownership/owners/0/type").asText()).isEqualTo("team");
    assertThat(end.at("/job/facets/tags/tags/0/value").asText()).isEqualTo("gold");
    JsonNode code = end.at("/job/facets/sourceCodeLocation");
    assertThat(code.path("version").asText()).isEqualTo(COMMIT);
    assertThat(code.path("url").asText())
        .isEqualTo("https://git.example.org/team/shop/blob/" + COMMIT + "/shop/headwater.yaml");
    JsonNode metrics = end.at("/outputs/0/facets/dataQualityMetrics");
    assertThat(metrics.path("rowCount").asInt()).isEqualTo(2);
    assertThat(metrics.at("/columnMetrics/price/max").asDouble()).isEqualTo(4.5);
    assertThat(metrics.at("/columnMetrics/id/distinctCount").asInt()).isEqualTo(2);
    List<String> rules = new ArrayList<>();
    end.at("/inputs/0/inputFacets/dataQualityAssertions/assertions")
        .forEach(
            a ->
                rules.add(
                    a.path("name").asText()
                        + " "
                        + a.path("success").asBoolean()
                        + " "
                        + a.path("actual").asText()));
    assertThat(rules)
        .containsExactly(
            "id.required false 1 row",
            "price.min false 1 row",
            "price.max true 0 rows",
            "round true 0 rows");
    assertThat(end.at("/run/facets/test/tests")).hasSize(4);
    JsonNode letters = end.at("/outputs/0/outputFacets/headwater_letters");
    assertThat(letters.path("rowCount").asInt()).isEqualTo(2);
    assertThat(letters.at("/reasons/0/column").asText()).isEqualTo("price");
    assertThat(letters.at("/reasons/1/column").asText()).isEqualTo("id");
  }

  @Test
  void runsOfAScheduleTellWhenTheyWereToBegin() throws Exception {
    Instant before = Instant.now();
    Thread rounds = new Thread(() -> project.headwater("run", "--force", "--every", "2s"));
    rounds.start();
    long until = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    while (events("shop", "COMPLETE").size() < 2 && System.nanoTime() < until) {
      Thread.sleep(100);
    }
    rounds.interrupt();
    rounds.join();
    List<JsonNode> begun = events("shop", "START");
    List<Instant> due = begun.stream().map(LineageIT::due).toList();
    assertThat(due).hasSizeGreaterThanOrEqualTo(2);
    assertThat(due.get(0)).isBetween(before, Instant.parse(begun.get(0).at("/eventTime").asText()));
    assertThat(due.get(1)).isAfterOrEqualTo(due.get(0).plusSeconds(2));
    assertThat(due.get(1)).isBefore(Instant.parse(begun.get(1).at("/eventTime").asText()));
    assertThat(events("shop.ingest.orders", "START").stream().map(LineageIT::due)).isEqualTo(due);
  }

  private static Instant due(JsonNode event) {
    return Instant.parse(event.at("/run/facets/nominalTime/nominalStartTime").asText());
  }

  private List<JsonNode> events(String job, String type) {
    return project.events(job).stream()
        .filter(event -> event.path("eventType").asText().equals(type))
        .toList();
  }

  @Test
  void aSecretInAnyOptionStandsInNoEventLogTableOrPage() throws Exception {
    Path to = folder.resolve("events.json");
    Path secret = Files.writeString(folder.resolve("secret"), CANARY);
    Files.writeString(
        project.folder().resolve("openlineage.yml"),
        """
        transport:
          type: composite
          transports:
            - type: file
              location: %s
            - type: http
              url: http://me:%s1@127.0.0.1:1/?token=%s2
              timeoutInMillis: 200
              auth: {type: api_key, apiKey: %s3}
              headers: {X-Secret: %s4}
        """
            .formatted(to, CANARY, CANARY, CANARY, CANARY));
    project.yaml(
        """
        project: shop
        catalogs:
          default:
            uri: jdbc:sqlite:%s
            warehouse: %s
            jdbc.password: {secret: file/%s}
            s3.secret-access-key: {secret: file/%s}
            token: {secret: file/%s}
        sources: {in: data/*.csv}
        tables: {orders: {from: in, contract: contract.yaml}}
        """
            .formatted(folder.resolve("c.db"), folder.resolve("w"), secret, secret, secret));
    StringBuilder said = new StringBuilder();
    for (String verb :
        List.of(
            "run",
            "plan",
            "explain orders",
            "runs -o json",
            "trace orders -o json",
            "trace orders -o html",
            "impact data/orders.csv -o dot",
            "lineage status -o json",
            "table history orders -o json",
            "doctor -o json")) {
      project.headwater(verb.split(" ", -1));
      said.append(project.said());
    }
    assertThat(said).contains("orders").doesNotContain(CANARY);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean declared = file.equals(secret) || file.endsWith("openlineage.yml");
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .satisfies(
                text -> {
                  if (!declared) {
                    assertThat(text).doesNotContain(CANARY);
                  }
                });
      }
    }
    assertThat(to).exists();
  }
}

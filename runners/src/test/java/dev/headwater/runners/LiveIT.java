package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.kafka.Topic;
import dev.headwater.kafka.TopicWriter;
import dev.headwater.pipelines.Engine;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.ProjectLauncher;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project whose rows come from a real broker, run as its user runs it. */
final class LiveIT {
  private static final Schema FLIGHTS =
      new Schema(
          Types.NestedField.optional(1, "date", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(2, "origin", Types.StringType.get()),
          Types.NestedField.optional(3, "delay", Types.IntegerType.get()));

  private static final TableRef FLIGHTS_TABLE = TableRef.of("live", "flights");

  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private TestProject batch;

  @BeforeEach
  void aTableOfFiles() throws Exception {
    batch = new TestProject(folder.resolve("batch"));
    batch.yaml(
        """
        project: batch
        sources: {files: data/*.parquet}
        tables: {flights: {from: files, time: date}}
        """);
    batch.file("a", FLIGHTS, flight(5, "SFO", 7), flight(1, "JFK", -2), flight(3, "SFO", null));
    batch.file("b", FLIGHTS, flight(4, "ORD", 40), flight(2, "SFO", 0), flight(9, "LAX", 1));
  }

  @Test
  void playsRowsInTheOrderAndThePaceOfTheirTime() {
    String servers = KafkaBroker.shared().servers();
    long began = System.nanoTime();
    assertThat(
            batch.headwater(
                "play",
                "--servers",
                servers,
                "--topic",
                "played",
                "--key",
                "origin",
                "--speed",
                "4",
                "--from",
                "2001-06-01T00:00:02",
                "--to",
                "2001-06-01T00:00:09"))
        .as(batch.said())
        .isZero();
    assertThat((System.nanoTime() - began) / 1e9)
        .as("three seconds, four times as fast")
        .isGreaterThan(0.75);
    assertThat(batch.said()).contains("4 rows of flights played into topic played of " + servers);
    List<ConsumerRecord<String, String>> records = records(servers, "played");
    assertThat(records).extracting(ConsumerRecord::key).containsExactly("SFO", "SFO", "ORD", "SFO");
    assertThat(records.get(1).value())
        .isEqualTo("{\"date\":\"2001-06-01T00:00:03\",\"origin\":\"SFO\",\"delay\":null}");
    assertThat(records.get(1).timestamp())
        .isEqualTo(
            LocalDateTime.parse("2001-06-01T00:00:03").toInstant(ZoneOffset.UTC).toEpochMilli());
    assertThat(folder.resolve("batch/.headwater/scratch")).isEmptyDirectory();
  }

  @Test
  void playingSaysWhatIsMissingWithinSeconds() {
    long began = System.nanoTime();
    assertThat(batch.headwater("play", "--servers", "127.0.0.1:1", "--speed", "max")).isEqualTo(5);
    assertThat(batch.said()).contains("topic flights of 127.0.0.1:1").contains("do not answer");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(50));
    assertThat(batch.headwater("play", "--time", "delay")).isEqualTo(2);
    assertThat(batch.said()).contains("Cannot play flights by delay: it is int, not a timestamp.");
    assertThat(batch.headwater("play", "--key", "orgin")).isEqualTo(2);
    assertThat(batch.said()).contains("it has no column orgin.");
    assertThat(forgetful()).isEqualTo(4);
    assertThat(batch.said()).contains("it deletes records that are older than 168 hours");
    assertThat(batch.headwater("play", "--speed", "fast")).isEqualTo(2);
    assertThat(batch.said()).contains("'fast' is no speed; write 1, 3600 or max");
  }

  @Test
  void catchesUpWithTheTopicAndKnowsWhatIsNew() throws Exception {
    String servers = KafkaBroker.shared().servers();
    TestProject live = live("caught", servers, "");
    assertThat(live.headwater("run")).isEqualTo(3);
    assertThat(live.said())
        .contains("Cannot read topic caught of " + servers + ": there is no such topic.");
    play("caught", servers, 0, 6, "--partitions", "2", "--key", "origin");
    send(
        "caught",
        "{\"date\":\"2001-06-01T00:00:07\",\"origin\":\"SFO\",\"delay\":9999}",
        "no JSON",
        "{\"date\": 1}");
    assertThat(live.headwater("run")).as(live.said()).isZero();
    assertThat(live.said()).contains("8 rows   5 kept, 3 letters");
    assertThat(live.rows(FLIGHTS_TABLE)).hasSize(5);
    assertThat(live.headwater("plan", "--check")).as(live.said()).isZero();
    assertThat(live.headwater("run")).isZero();
    assertThat(live.said()).contains("Everything is fresh");
    play("caught", servers, 6, 10);
    assertThat(live.headwater("plan", "--check")).isEqualTo(10);
    assertThat(live.said()).contains("1 new record in 1 partition of caught");
    assertThat(live.headwater("offsets", "flights", "-o", "json")).isZero();
    assertThat(live.said()).contains("\"lag\" : 1,");
    assertThat(live.headwater("run")).as(live.said()).isZero();
    assertThat(live.rows(FLIGHTS_TABLE)).hasSize(6);
    assertThat(live.headwater("trace", "flights")).isZero();
    assertThat(live.said()).contains(servers + "/caught@0:");
    assertThat(live.headwater("letters", "flights")).as(live.said()).isZero();
    assertThat(live.said()).contains("syntax").contains("caught");
  }

  @Test
  void aProjectThatCannotReachItsBrokersSaysSo() throws Exception {
    String servers = KafkaBroker.shared().servers();
    TestProject live = live("away", servers, "");
    play("away", servers, 0, 6);
    assertThat(live.headwater("run")).as(live.said()).isZero();
    live.yaml("runs: {retry: {times: 0}}\n" + text("away", "127.0.0.1:1", ""));
    long began = System.nanoTime();
    assertThat(live.headwater("run")).isEqualTo(5);
    assertThat(live.said()).contains("Cannot read topic away of 127.0.0.1:1");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(50));
    assertThat(live.headwater("offsets", "flights")).isEqualTo(5);
    assertThat(live.said()).contains("0  ").contains("5").contains("do not answer");
  }

  @Test
  void aTopicThatWasMadeAgainIsAnotherOne() throws Exception {
    String servers = KafkaBroker.shared().servers();
    TestProject live = live("again", servers, "");
    play("again", servers, 0, 4);
    assertThat(live.headwater("run")).as(live.said()).isZero();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      admin.deleteTopics(List.of("again")).all().get();
    }
    play("again", servers, 4, 10);
    assertThat(live.headwater("run")).isEqualTo(4);
    assertThat(live.said())
        .contains("it was deleted and made again")
        .contains("give its source another name");
    live.yaml(
        text("again", servers, "")
            .replace("  topic:\n", "  next:\n")
            .replace("from: topic", "from: next"));
    assertThat(live.headwater("run")).as(live.said()).isZero();
    assertThat(live.rows(FLIGHTS_TABLE)).as("of both").hasSize(6);
  }

  @Test
  void watchingFollowsTheTopicRoundByRound() throws Exception {
    String servers = KafkaBroker.shared().servers();
    TestProject live = live("watched", servers, "");
    play("watched", servers, 0, 4);
    Thread watch = new Thread(() -> live.headwater("run", "--watch", "--every", "1s"));
    watch.start();
    try {
      await(live, 3);
      play("watched", servers, 4, 10);
      await(live, 6);
    } finally {
      watch.interrupt();
      watch.join();
    }
    assertThat(live.said()).contains("3 kept, 0 letters").contains("new records in 1 partition");
  }

  @Test
  void streamsUntilItIsStoppedAndGoesOnWhereTheTableEnds() throws Exception {
    String servers = KafkaBroker.shared().servers();
    for (String runner : List.of("direct", "flink")) {
      String topic = "streamed-" + runner;
      TestProject live = live(topic, servers, ", commit: 1s");
      play(topic, servers, 0, 4, "--partitions", "2", "--key", "origin");
      AtomicInteger status = new AtomicInteger();
      Runnable stream =
          () -> status.set(live.headwater("run", "flights", "--stream", "--runner=" + runner));
      Thread first = new Thread(stream);
      first.start();
      await(live, 3);
      // What others make of it goes on beside.
      assertThat(other(live).headwater("plan", "--check")).isZero();
      play(topic, servers, 4, 6);
      await(live, 5);
      first.interrupt();
      first.join();
      assertThat(status.get()).as(live.said()).isEqualTo(130);
      assertThat(live.said())
          .contains("streams, with a commit each 1s")
          .contains("5 rows   5 kept, 0 letters");
      assertThat(live.headwater("run")).as(live.said()).isZero();
      assertThat(live.said()).contains("Everything is fresh");
      play(topic, servers, 6, 10);
      Thread second = new Thread(stream);
      second.start();
      await(live, 6);
      second.interrupt();
      second.join();
      assertThat(live.rows(FLIGHTS_TABLE)).hasSize(6);
      assertThat(live.headwater("trace", "flights")).isZero();
      assertThat(live.said()).contains(servers + "/" + topic + "@0:");
    }
  }

  /** An engine on which streams say every now and then how far they are. */
  private record Lively(Engine engine) implements ForwardingEngine {
    @Override
    public Duration signOfLife() {
      return Duration.ofMillis(100);
    }
  }

  @Test
  void aStreamSaysAgainAndAgainWhatItReadsAndWrites() throws Exception {
    String servers = KafkaBroker.shared().servers();
    TestProject live = live("edges", servers, ", commit: 1s");
    play("edges", servers, 0, 4);
    assertThat(live.headwater("run")).as(live.said()).isZero();
    Project project = ProjectFile.read(live.folder());
    Engine engine = new Lively(EngineLaunchers.engine(project, LaunchOptions.DEFAULT));
    long until = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    List<JsonNode> told = new ArrayList<>();
    AtomicInteger played = new AtomicInteger();
    try (Launcher launcher = ProjectLauncher.open(project, LaunchOptions.DEFAULT, engine)) {
      RunReport report =
          launcher.stream(
              project.target("table/flights"),
              () -> {
                told.clear();
                told.addAll(stream(live));
                if (told.size() > 3 && played.getAndIncrement() == 0) {
                  play("edges", servers, 4, 10);
                }
                return versions(told, "inputs") > 1 && versions(told, "outputs") > 0
                    || System.nanoTime() > until;
              },
              Progress.NONE);
      assertThat(report.failed()).isFalse();
    }
    told.clear();
    told.addAll(stream(live));
    assertThat(told).hasSizeGreaterThan(5);
    assertThat(told.get(0).path("eventType").asText()).isEqualTo("START");
    assertThat(told.get(told.size() - 1).path("eventType").asText()).isEqualTo("COMPLETE");
    assertThat(told.subList(1, told.size() - 1))
        .allSatisfy(event -> assertThat(event.path("eventType").asText()).isEqualTo("RUNNING"));
    // One of them without its data sets, and a server forgets the stream's edges for good.
    assertThat(told)
        .allSatisfy(
            event -> {
              assertThat(event.at("/inputs/0/name").asText()).isEqualTo("edges");
              assertThat(event.at("/outputs/0/name").asText()).endsWith("/live/flights");
              assertThat(event.at("/job/facets/jobType/processingType").asText())
                  .isEqualTo("STREAMING");
            });
    assertThat(versions(told, "inputs")).as("offsets go on").isGreaterThan(1);
    assertThat(versions(told, "outputs")).as("a snapshot of its own").isPositive();
  }

  private static long versions(List<JsonNode> events, String of) {
    return events.stream()
        .map(event -> event.at("/" + of + "/0/facets/version/datasetVersion").asText())
        .filter(version -> !version.isEmpty())
        .distinct()
        .count();
  }

  /** The events of the newest run of the table, as they wait for a server. */
  private static List<JsonNode> stream(TestProject live) {
    List<JsonNode> events = live.events("live.ingest.flights");
    String newest = events.get(events.size() - 1).at("/run/runId").asText();
    return events.stream().filter(e -> e.at("/run/runId").asText().equals(newest)).toList();
  }

  private TestProject live(String topic, String servers, String more) throws Exception {
    TestProject live = new TestProject(folder.resolve(topic));
    Files.writeString(folder.resolve(topic + "/flights.yaml"), "columns:\n  delay: {max: 1500}\n");
    live.yaml(text(topic, servers, more));
    return live;
  }

  private static String text(String topic, String servers, String more) {
    return """
        project: live
        sources:
          topic:
            kafka:
              servers: %s
              topic: %s
              columns: {date: timestamp, origin: string, delay: int}
              offset: at_offset
        tables: {flights: {from: topic, time: date, contract: flights.yaml%s}}
        """
        .formatted(servers, topic, more);
  }

  /** Another command over the same project. */
  private static TestProject other(TestProject live) throws Exception {
    return new TestProject(live.folder());
  }

  private void play(String topic, String servers, int from, int to, String... more) {
    List<String> play =
        new ArrayList<>(List.of("play", "--servers", servers, "--topic", topic, "--speed", "max"));
    play.addAll(List.of("--from", "2001-06-01T00:00:0" + from));
    play.addAll(to < 10 ? List.of("--to", "2001-06-01T00:00:0" + to) : List.of());
    play.addAll(List.of(more));
    assertThat(batch.headwater(play.toArray(String[]::new))).as(batch.said()).isZero();
  }

  /** Plays into a topic that keeps records for a week, as most do. */
  private int forgetful() {
    KafkaBroker broker = KafkaBroker.shared();
    broker.create("forgetful", 1, Map.of("retention.ms", "604800000"));
    return batch.headwater("play", "--servers", broker.servers(), "--topic", "forgetful");
  }

  private static void send(String topic, String... values) {
    try (TopicWriter out =
        TopicWriter.open(Topic.of(KafkaBroker.shared().servers(), topic), 1, Instant.now())) {
      for (String value : values) {
        out.send(null, value.getBytes(StandardCharsets.UTF_8), System.currentTimeMillis());
      }
      out.flush();
    }
  }

  private static void await(TestProject live, int rows) throws Exception {
    long until = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    while (System.nanoTime() < until) {
      if (count(live) >= rows) {
        return;
      }
      Thread.sleep(200);
    }
    throw new AssertionError("not " + rows + " rows: " + live.said());
  }

  private static long count(TestProject live) throws Exception {
    try (TableCatalog catalog = live.catalog()) {
      Snapshot current = catalog.find(FLIGHTS_TABLE).map(Table::currentSnapshot).orElse(null);
      return current == null ? 0 : Long.parseLong(current.summary().get("total-records"));
    }
  }

  private static @Nullable Object[] flight(int second, String origin, @Nullable Integer delay) {
    long at = LocalDateTime.parse("2001-06-01T00:00:00").toEpochSecond(ZoneOffset.UTC) + second;
    return TestProject.row(at * 1_000_000, origin, delay);
  }

  private static List<ConsumerRecord<String, String>> records(String servers, String topic) {
    List<ConsumerRecord<String, String>> all = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", servers),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long end = consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
      while (all.size() < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(all::add);
      }
    }
    return all;
  }
}

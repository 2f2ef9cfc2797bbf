package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.runners.Headwater;
import dev.headwater.runners.StreamMain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarOutputStream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A project's stream as the operator of Kubernetes begins it, by the JobManager's own REST API with
 * an empty jar: with a savepoint that an older build has left, then with one of its own.
 *
 * <p>{@code -Dheadwater.savepoint=FILE} writes that of this build, where its state has to change:
 * then those of released builds stay as they are beside it.
 */
final class SessionJobIT {
  private static final TableRef REF = TableRef.of("sessions", "numbers");
  private static final int PART = 50;
  private static final String OLDER = "savepoint-0.1.0.txt";
  private static final String BOUNDARY = "headwater";

  /** As the older build knew it. */
  private static final String TOPIC = "sessions";

  @TempDir private Path folder = Path.of("unset");

  private final FlinkCluster cluster = FlinkCluster.shared();
  private final KafkaBroker broker = KafkaBroker.shared();
  private final HttpClient http = HttpClient.newHttpClient();
  private int sent;

  @Test
  void aStreamOfAnOlderBuildGoesOn() throws Exception {
    broker.create(TOPIC, 2, Map.of());
    Files.writeString(
        folder.resolve(ProjectFile.NAME),
        """
        project: sessions
        clusters: {here: {address: "%s"}}
        sources:
          numbers_topic:
            kafka: {servers: "%s", topic: %s, format: json, columns: {id: long}}
        tables:
          numbers: {from: numbers_topic, commit: 1s}
        """
            .formatted(cluster.address(), broker.servers(), TOPIC));
    send();
    String file = System.getProperty("headwater.savepoint", "");
    if (!file.isEmpty()) {
      String job = begin(null);
      arrived();
      Savepoint.write(Path.of(file), topicId(), Path.of(URI.create(stopped(job))));
      return;
    }
    // What the older build had committed; its brokers and its catalog were elsewhere.
    int status = new Headwater().run(ProjectFile.read(folder), "run", "numbers");
    assertThat(status).isZero();
    Path older = Savepoint.read(OLDER, topicId(), folder.resolve("older"));
    String job = begin(older.toUri().toString());
    send();
    arrived();

    // As the operator does when it is given another image.
    job = begin(stopped(job));
    send();
    arrived();
    stopped(job);
    TableOracle.check(table(), "id", "select unnest(range(0, " + (long) sent + ")) id");
  }

  private String topicId() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.servers()))) {
      var found = admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
      return Objects.requireNonNull(found.get(TOPIC)).topicId().toString();
    }
  }

  /** The job's id. */
  private String begin(@Nullable String savepoint) throws Exception {
    Map<String, Object> body = new HashMap<>();
    body.put("entryClass", StreamMain.class.getName());
    body.put("programArgsList", List.of(folder.toString(), "numbers", "here"));
    body.put("parallelism", 1);
    if (savepoint != null) {
      body.put("savepointPath", savepoint);
    }
    JsonNode begun =
        send(
            request("/jars/" + uploaded() + "/run", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        new ObjectMapper().writeValueAsString(body))));
    assertThat(begun.has("jobid")).as(begun + cluster.logs()).isTrue();
    String job = begun.path("jobid").asText();
    cluster.await(
        "the job at work",
        () -> {
          String state = cluster.get("/jobs/" + job).path("state").asText();
          assertThat(state).isNotEqualTo("FAILED");
          return state.equals("RUNNING");
        });
    return job;
  }

  /** The id of a jar without anything. */
  private String uploaded() throws Exception {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String head =
        """
        --%s\r
        Content-Disposition: form-data; name="jarfile"; filename="empty.jar"\r
        Content-Type: application/x-java-archive\r
        \r
        """;
    body.writeBytes(head.formatted(BOUNDARY).getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream jar = new ByteArrayOutputStream();
    new JarOutputStream(jar, new java.util.jar.Manifest()).close();
    body.writeBytes(jar.toByteArray());
    body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
    JsonNode answer =
        send(
            request("/jars/upload", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())));
    String name = answer.path("filename").asText();
    assertThat(name).as(answer.toString()).endsWith(".jar");
    return name.substring(name.lastIndexOf('/') + 1);
  }

  private HttpRequest.Builder request(String path, String type) {
    return HttpRequest.newBuilder(URI.create("http://" + cluster.address() + path))
        .timeout(Duration.ofMinutes(2))
        .header("Content-Type", type);
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return new ObjectMapper()
        .readTree(http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
  }

  /** Its savepoint. */
  private String stopped(String job) {
    String to = cluster.savepoints().toUri().toString();
    JsonNode asked =
        cluster.post(
            "/jobs/" + job + "/stop", "{\"targetDirectory\": \"" + to + "\", \"drain\": false}");
    String at = "/jobs/" + job + "/savepoints/" + asked.path("request-id").asText();
    cluster.await("a savepoint", () -> cluster.get(at).path("operation").has("location"));
    cluster.await(
        "its end", () -> cluster.get("/jobs/" + job).path("state").asText().equals("FINISHED"));
    return cluster.get(at).path("operation").path("location").asText();
  }

  private void send() {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < PART; i++, sent++) {
      byte[] json = ("{\"id\":" + sent + "}").getBytes(StandardCharsets.UTF_8);
      records.add(new ProducerRecord<>(TOPIC, sent % 2, null, json));
    }
    broker.send(records);
  }

  private void arrived() {
    cluster.await(
        sent + " rows",
        () -> {
          Snapshot snapshot = Objects.requireNonNull(table().currentSnapshot());
          String rows = snapshot.summary().get(SnapshotSummary.TOTAL_RECORDS_PROP);
          return Integer.toString(sent).equals(rows);
        });
  }

  private org.apache.iceberg.Table table() {
    try (TableCatalog catalog =
        TableCatalog.open(CatalogConfig.embedded(folder.resolve(".headwater")))) {
      return catalog.load(REF);
    }
  }
}

package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.runners.Headwater;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A project's stream on a session cluster, sent and not waited for; then rescaled, stopped, resumed
 * and begun anew by the command: each record once.
 */
final class ClusterJobsIT {
  private static final TableRef REF = TableRef.of("jobs", "numbers");
  private static final int PART = 50;

  @TempDir private Path folder = Path.of("unset");

  private final FlinkCluster cluster = FlinkCluster.shared();
  private final KafkaBroker broker = KafkaBroker.shared();
  private final String topic = "jobs-" + System.nanoTime();
  private int sent;
  private String said = "";

  @BeforeEach
  void aTopicOfTwoPartitions() throws IOException {
    broker.create(topic, 2, Map.of());
    Files.writeString(
        folder.resolve(ProjectFile.NAME),
        """
        project: jobs
        clusters: {here: {address: "%s"}}
        sources:
          numbers_topic:
            kafka: {servers: "%s", topic: %s, format: json, columns: {id: long}}
        tables:
          numbers: {from: numbers_topic, commit: 1s}
        """
            .formatted(cluster.address(), broker.servers(), topic));
    // Their lib has all that the workers need.
    try (JarOutputStream nothing =
        new JarOutputStream(Files.newOutputStream(folder.resolve("nothing.jar")))) {
      nothing.finish();
    }
  }

  @Test
  void whatIsSentIsWaitedForByTheNextRun() {
    send();
    headwater(0, "run", "numbers", "--cluster=here", "--detach");
    assertThat(said).contains("sent", " on here");
    headwater(0, "run", "numbers", "--cluster=here");
    arrived();
    headwater(0, "plan", "--check");
  }

  @Test
  void aStreamGoesOnAsAnotherJob() {
    send();
    headwater(0, "run", "numbers", "--stream", "--cluster=here", "--detach");
    String job = running(1);
    assertThat(said).contains("sent", "job " + job + " on here");
    arrived();

    // Flink's REST API asks the workers for their figures each ten seconds.
    cluster.await(
        "the rows of the job",
        () -> {
          headwater(0, "job", "show", job);
          return said.contains("ingest rows_in");
        });
    assertThat(said).contains(Integer.toString(sent), "checkpoint", "behind");
    // Neither a run nor a plan takes a stream for one that was interrupted.
    headwater(0, "run", "numbers");
    assertThat(said).contains("streams elsewhere");
    headwater(0, "plan", "--check");

    headwater(2, "job", "resume", job);
    assertThat(said).contains("is still at work");
    headwater(5, "job", "rescale", job, "20");
    assertThat(said).contains("is full: 20 slots are needed");
    assertThat(running(1)).as("it was left alone").isEqualTo(job);
    headwater(0, "job", "rescale", job, "2", "--detach");
    String wider = running(2);
    send();
    arrived();

    headwater(0, "job", "stop", wider);
    send();
    headwater(0, "job", "resume", wider, "--detach");
    arrived();

    headwater(0, "job", "cancel", running(1));
    send();
    headwater(0, "job", "resume", "numbers", "--rebuild", "--detach");
    arrived();
    headwater(0, "job", "cancel", running(1));

    TableOracle.check(table(), "id", "select unnest(range(0, " + (long) sent + ")) id");
  }

  private void send() {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < PART; i++, sent++) {
      byte[] json = ("{\"id\":" + sent + "}").getBytes(StandardCharsets.UTF_8);
      records.add(new ProducerRecord<>(topic, sent % 2, null, json));
    }
    broker.send(records);
  }

  /** Waits until the table has all that was sent. */
  private void arrived() {
    cluster.await(
        sent + " rows",
        () -> {
          Snapshot snapshot = table().currentSnapshot();
          return snapshot != null
              && Integer.toString(sent)
                  .equals(snapshot.summary().get(SnapshotSummary.TOTAL_RECORDS_PROP));
        });
  }

  private org.apache.iceberg.Table table() {
    try (TableCatalog catalog =
        TableCatalog.open(CatalogConfig.embedded(folder.resolve(".headwater")))) {
      return catalog.load(REF);
    }
  }

  /** The one job of this project that runs, with so many workers. */
  private String running(int parallelism) {
    List<String> jobs = new ArrayList<>();
    cluster.await(
        "one job",
        () -> {
          jobs.clear();
          cluster.jobs("RUNNING").stream()
              .filter(id -> job(id).path("name").asText().startsWith("jobs-ingest-numbers-"))
              .forEach(jobs::add);
          return jobs.size() == 1;
        });
    int widest = 0;
    for (JsonNode step : job(jobs.get(0)).path("vertices")) {
      widest = Math.max(widest, step.path("parallelism").asInt());
    }
    assertThat(widest).isEqualTo(parallelism);
    return jobs.get(0);
  }

  private JsonNode job(String id) {
    return cluster.get("/jobs/" + id);
  }

  private void headwater(int status, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    if (all.contains("--detach")) {
      all.add("--filesToStage=" + folder.resolve("nothing.jar"));
    }
    Project project = ProjectFile.read(folder);
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream both = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(both);
      System.setErr(both);
      int ended = new Headwater().run(project, all.toArray(String[]::new));
      said = bytes.toString(StandardCharsets.UTF_8);
      assertThat(ended).as(said + cluster.logs()).isEqualTo(status);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}

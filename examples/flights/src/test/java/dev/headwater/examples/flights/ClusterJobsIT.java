package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Entry;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.runners.Headwater;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final ObjectMapper JSON = new ObjectMapper();

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
  void whatIsSentIsWatchedToItsEndByWhateverIsItsName() {
    send();
    headwater(0, "run", "numbers", "--cluster=here", "--detach");
    Matcher sent = Pattern.compile("job ([0-9a-f]{32}) on here").matcher(said);
    assertThat(sent.find()).as(said).isTrue();
    assertThat(unended()).containsExactly("jobs.ingest.numbers");
    headwater(0, "watch", sent.group(1).substring(0, 12), "-o", "json");
    assertThat(said).contains("\"status\" : \"done\"", "50 kept");
    arrived();
    assertThat(unended()).as("events come to their end").isEmpty();
    headwater(0, "plan", "--check");

    headwater(0, "watch", sent.group(1));
    assertThat(said).contains("closed before");
    headwater(2, "watch", "nothing");
    assertThat(said).contains("Nothing that project jobs has sent to a cluster is 'nothing'.");

    // Its JobManager was lost, and another has its place.
    Run gone =
        Run.open(
            "jobs", "ingest", "table/numbers", null, List.of(), Map.of("cluster", "here"), "", "1");
    registry(registry -> registry.runs().start(gone));
    headwater(1, "watch", gone.id().toString().substring(0, 20));
    assertThat(said).contains("knows no job of run " + gone.id() + " any more");
    registry(
        registry ->
            assertThat(registry.runs().find(gone.id()).orElseThrow().status())
                .isEqualTo(Run.Status.FAILED));
    assertThat(unended()).isEmpty();
    headwater(0, "plan", "--check");
  }

  /** The jobs of which a run has begun and not ended, as the outbox has it. */
  private List<String> unended() {
    Map<String, String> open = new TreeMap<>();
    registry(
        registry -> {
          for (Entry entry : registry.journal().pending(1_000)) {
            JsonNode event = JSON.readTree(entry.payload());
            String run = event.at("/run/runId").asText();
            switch (event.path("eventType").asText()) {
              case "START" -> open.put(run, event.at("/job/name").asText());
              case "COMPLETE", "FAIL" -> open.remove(run);
              default -> {}
            }
          }
        });
    return List.copyOf(open.values());
  }

  private interface Asks {
    void of(Registry registry) throws IOException;
  }

  private void registry(Asks asks) {
    try (Registry registry = Registry.open(CatalogConfig.embedded(folder.resolve(".headwater")))) {
      asks.of(registry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    Watch first = new Watch();
    first.says("streams on here");
    assertThat(first.end()).isEqualTo(130);
    first.says("goes on, on here");
    assertThat(running(1)).as("who watched has left it alone").isEqualTo(job);
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

    Watch second = new Watch();
    second.says("streams on here");
    headwater(0, "job", "stop", wider);
    assertThat(second.status()).isZero();
    second.says("numbers");
    assertThat(unended()).as("the stream's run has ended").isEmpty();
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

  /** The stream, watched by another command. */
  private final class Watch {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicInteger status = new AtomicInteger(-1);
    private final Thread thread = new Thread(this::watch);

    Watch() {
      PrintStream out = System.out;
      PrintStream err = System.err;
      // It is the other command's own from its first line on.
      PrintStream both = new PrintStream(bytes, true, StandardCharsets.UTF_8);
      System.setOut(both);
      System.setErr(both);
      try {
        thread.start();
        says("jobs");
      } finally {
        System.setOut(out);
        System.setErr(err);
      }
    }

    private void watch() {
      status.set(new Headwater().run(ProjectFile.read(folder), "watch", "numbers"));
    }

    void says(String words) {
      cluster.await(words, () -> bytes.toString(StandardCharsets.UTF_8).contains(words));
    }

    int status() {
      cluster.await("the end of a watch", () -> status.get() >= 0);
      return status.get();
    }

    int end() {
      thread.interrupt();
      return status();
    }
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

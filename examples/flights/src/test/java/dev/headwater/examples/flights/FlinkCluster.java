package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Flink session cluster: a JobManager and TaskManagers of two slots in processes of their own,
 * out of the jars on this JVM's class path, on free loopback ports. It ends with this JVM, however
 * that ends.
 */
final class FlinkCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final FlinkProcesses processes;
  private final @Nullable ClusterKeys keys;
  private final HttpClient http;

  private FlinkCluster(Path folder, @Nullable ClusterKeys keys) throws IOException {
    this.folder = folder;
    this.processes = new FlinkProcesses(folder, keys);
    this.keys = keys;
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofMinutes(1));
    this.http = keys == null ? client.build() : client.sslContext(keys.context()).build();
  }

  private static @Nullable FlinkCluster shared;

  /** The one with two TaskManagers that all tests of this JVM share. */
  static synchronized FlinkCluster shared() {
    if (shared == null) {
      try {
        Path folder = Files.createTempDirectory("headwater-cluster");
        FlinkCluster made = start(folder, 2, null);
        Runtime.getRuntime().addShutdownHook(new Thread(made::remove));
        shared = made;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    shared.awaitWorkers(2);
    return shared;
  }

  private void remove() {
    close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A cluster that is up.
   *
   * @param keys for a REST API over TLS; null for none
   */
  static FlinkCluster start(Path folder, int taskManagers, @Nullable ClusterKeys keys) {
    try {
      FlinkCluster cluster = new FlinkCluster(folder, keys);
      String to = cluster.processes.lib().toString();
      try (Command lib = Command.start(folder, Map.of(), "worker-lib", to)) {
        assertThat(lib.status()).as(lib.output()).isZero();
        cluster.startMaster();
        for (int i = 1; i <= taskManagers; i++) {
          cluster.startWorker(i);
        }
        cluster.awaitWorkers(taskManagers);
        return cluster;
      } catch (RuntimeException | Error e) {
        cluster.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where jobs are sent: host:port. */
  String address() {
    return FlinkProcesses.HOST + ":" + processes.port();
  }

  Path checkpoints() {
    return processes.checkpoints();
  }

  Path savepoints() {
    return processes.savepoints();
  }

  void startMaster() {
    processes.startMaster();
  }

  void startWorker(int number) {
    processes.startWorker(number);
  }

  /** SIGKILL, and its end. */
  void killMaster() {
    processes.kill(FlinkProcesses.MASTER);
  }

  /** SIGKILL of both, and two new ones. */
  void replaceWorkers() {
    for (int worker = 1; worker <= 2; worker++) {
      processes.kill(FlinkProcesses.worker(worker));
    }
    startWorker(1);
    startWorker(2);
  }

  /** SIGKILL, and a new one at the same address that knows of no job. */
  void replaceMaster() {
    killMaster();
    startMaster();
  }

  /** Waits until so many TaskManagers have registered. */
  void awaitWorkers(int taskManagers) {
    await(
        taskManagers + " TaskManagers",
        () -> get("/overview").path("taskmanagers").asInt() == taskManagers);
  }

  /** What Flink's REST API answers. */
  JsonNode get(String path) {
    return send(HttpRequest.newBuilder(uri(path)).GET());
  }

  JsonNode post(String path, String body) {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private URI uri(String path) {
    return URI.create((keys == null ? "http://" : "https://") + address() + path);
  }

  private JsonNode send(HttpRequest.Builder request) {
    try {
      HttpResponse<InputStream> answer =
          http.send(
              request.timeout(Duration.ofMinutes(1)).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        return JSON.readTree(body);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The sum of what the workers tell Prometheus under a name with such labels. */
  long metric(String name) throws Exception {
    long sum = 0;
    for (int port : processes.metricsPorts()) {
      URI at = URI.create("http://" + FlinkProcesses.HOST + ":" + port + "/metrics");
      HttpRequest request = HttpRequest.newBuilder(at).timeout(Duration.ofMinutes(1)).build();
      for (String line : http.send(request, HttpResponse.BodyHandlers.ofLines()).body().toList()) {
        sum += line.startsWith(name + " ") ? Long.parseLong(line.substring(name.length() + 1)) : 0;
      }
    }
    return sum;
  }

  /** The ids of all jobs whose state is this, the newest first. */
  List<String> jobs(String state) {
    List<JsonNode> found = new ArrayList<>();
    get("/jobs/overview").path("jobs").forEach(found::add);
    found.removeIf(job -> !job.path("state").asText().equals(state));
    found.sort(
        (a, b) -> Long.compare(b.path("start-time").asLong(), a.path("start-time").asLong()));
    return found.stream().map(job -> job.path("jid").asText()).toList();
  }

  /** Waits until something is so; what fails meanwhile is not so. */
  void await(String what, Callable<Boolean> so) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    Throwable last = null;
    while (System.nanoTime() < until) {
      try {
        if (so.call()) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } catch (Exception e) {
        last = e;
        pause();
      }
    }
    throw new AssertionError("not within " + PATIENCE + ": " + what + "\n" + logs(), last);
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The end of what each process has logged. */
  String logs() {
    return processes.logs();
  }

  @Override
  public void close() {
    processes.end();
  }
}

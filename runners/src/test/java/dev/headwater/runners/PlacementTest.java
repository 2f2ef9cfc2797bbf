package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where stages run, against answers as Flink 1.19 gives them; and what opens a cluster's door. */
final class PlacementTest {
  private static final String WORKERS =
      "{\"taskmanagers\":[{\"slotsNumber\":2,\"memoryConfiguration\":"
          + "{\"totalProcessMemory\":8589934592}}],\"slots-total\":2,\"slots-available\":2}";

  @TempDir private Path folder = Path.of("unset");

  private final Queue<String> logins = new ConcurrentLinkedQueue<>();

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private HttpServer flink;

  @BeforeEach
  void start() throws IOException {
    flink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    flink.createContext(
        "/",
        exchange -> {
          String login = exchange.getRequestHeaders().getFirst("Authorization");
          logins.add(String.valueOf(login));
          byte[] body = WORKERS.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(login == null ? 401 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    flink.start();
    Files.writeString(folder.resolve("token"), "canary\n");
  }

  @AfterEach
  void stop() {
    flink.stop(0);
  }

  /** Tables a, b, c that need these; near has no GPU, far has. */
  private Project project(String... needs) throws IOException {
    StringBuilder yaml =
        new StringBuilder(
            """
            project: p
            clusters:
              near: {address: "%1$s", login: {token: {secret: file/%2$s}}}
              far: {address: "%1$s", compute: gpu, login: {user: ada, password: {secret: file/%2$s}}}
            sources: {files: data/*.parquet}
            tables:
            """
                .formatted(address(), folder.resolve("token")));
    for (int i = 0; i < needs.length; i++) {
      yaml.append("  %s: {from: files, resources: {%s}}\n".formatted((char) ('a' + i), needs[i]));
    }
    Files.writeString(folder.resolve(ProjectFile.NAME), yaml);
    return ProjectFile.read(folder);
  }

  private String address() {
    return "127.0.0.1:" + flink.getAddress().getPort();
  }

  private static String at(Project project, String table, String... beam) {
    LaunchOptions options = new LaunchOptions(beam.length == 0 ? "direct" : "flink", List.of(beam));
    return new Placement(project, options).at(project.target("table/" + table)).name();
  }

  @Test
  void aStageRunsWhereItHasWhatItNeeds() throws IOException {
    Project project =
        project("cluster: near", "compute: gpu, memory: 4g", "parallelism: 2", "memory: 1m");
    assertThat(at(project, "a")).isEqualTo("FlinkRunner on near");
    assertThat(at(project, "b", "--flinkMaster=near")).isEqualTo("FlinkRunner on far");
    assertThat(at(project, "c")).isEqualTo("DirectRunner");
    assertThat(at(project, "c", "--flinkMaster=far")).isEqualTo("FlinkRunner on far");
    assertThat(at(project, "d")).isEqualTo("DirectRunner");
  }

  @Test
  void whatNothingHasIsSaidWithWhatEachLacks() throws IOException {
    Project project = project("compute: gpu, memory: 5g, parallelism: 2");
    assertThatThrownBy(() -> at(project, "a", "--flinkMaster=near"))
        .isInstanceOfSatisfying(
            HeadwaterException.class,
            e -> assertThat(e.kind()).isEqualTo(HeadwaterException.Kind.UNREACHABLE))
        .hasMessageContaining("Nothing has what table/a needs (compute: gpu, memory: 5120m")
        .hasMessageContaining("near has no GPU; far has 4096m of memory a slot");
    assertThatThrownBy(() -> project("cluster: fare"))
        .hasMessageContaining("tables.a.resources.cluster: there is no cluster 'fare' in clusters.")
        .hasMessageContaining("Did you mean 'far'?");
    assertThatThrownBy(() -> project("cluster: near, compute: gpu"))
        .hasMessageContaining("'near' has no GPU");
  }

  @Test
  void eachRequestHasTheLogin() throws Exception {
    Project project = project("cluster: near");
    Cluster near = Cluster.of("near", project.clusters());
    assertThat(new ClusterCheck(new FlinkRest(near)).allSlots()).isEqualTo(2);
    assertThat(new ClusterCheck(new FlinkRest(Cluster.of("far", project.clusters()))).allSlots())
        .isEqualTo(2);
    assertThat(logins).containsExactly("Bearer canary", "Basic YWRhOmNhbmFyeQ==");
    assertThatThrownBy(
            () -> new FlinkRest(Cluster.of(address(), project.clusters())).get("/overview"))
        .hasMessageContaining("answers 401")
        .hasMessageContaining("login");

    // Flink's own client, which sends the jobs.
    logins.clear();
    Configuration how = near.flink();
    assertThat(how.toString()).doesNotContain("canary");
    how.set(JobManagerOptions.ADDRESS, "127.0.0.1");
    how.set(RestOptions.ADDRESS, "127.0.0.1");
    how.set(RestOptions.RETRY_MAX_ATTEMPTS, 0);
    how.set(RestOptions.PORT, flink.getAddress().getPort());
    try (RestClusterClient<StandaloneClusterId> client =
        new RestClusterClient<>(how, StandaloneClusterId.getInstance())) {
      assertThat(client.listJobs()).failsWithin(2, TimeUnit.MINUTES);
    }
    assertThat(logins).isNotEmpty().containsOnly("Bearer canary");
  }
}

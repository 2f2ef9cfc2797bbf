package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jars that a JobManager keeps, against answers as Flink 1.19 gives them. */
final class JarStoreTest {
  private static final JobID JOB = new JobID();

  @TempDir private Path folder = Path.of("unset");

  private final Map<String, String> answers = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final HttpServer flink = server();

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void start() {
    flink.createContext(
        "/",
        exchange -> {
          String what = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
          exchange.getRequestBody().readAllBytes();
          asked.add(what);
          String answer = answers.get(what);
          byte[] body = (answer == null ? "{}" : answer).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    flink.start();
  }

  @AfterEach
  void stop() {
    flink.stop(0);
  }

  private JarStore store() {
    return new JarStore(
        new FlinkRest(Cluster.of("127.0.0.1:" + flink.getAddress().getPort(), Map.of())));
  }

  private List<String> jars() throws IOException {
    return List.of(Files.writeString(folder.resolve("acme.jar"), "classes").toString());
  }

  private static String kept(String name, Duration age) {
    return "{\"id\":\"%1$s\",\"name\":\"%1$s\",\"uploaded\":%2$d}"
        .formatted(name, System.currentTimeMillis() - age.toMillis());
  }

  @Test
  void ownOnesThatNobodyHasSentForAWeekAreDeleted() throws IOException {
    answers.put(
        "GET /jars",
        "{\"files\":[%s,%s,%s]}"
            .formatted(
                kept("headwater-job-old.jar", Duration.ofDays(7).plusMinutes(1)),
                kept("headwater-job-young.jar", Duration.ofDays(7).minusMinutes(10)),
                kept("of-others.jar", Duration.ofDays(70))));
    answers.put("POST /jars/upload", "{\"filename\":\"/tmp/flink-web/headwater-job-new.jar\"}");
    answers.put("DELETE /jars/headwater-job-old.jar", "{}");
    answers.put("POST /jars/headwater-job-new.jar/run", "{\"jobid\":\"" + JOB + "\"}");
    assertThat(store().run(new JobGraph("job"), jars(), null)).contains(JOB);
    assertThat(asked)
        .containsExactly(
            "GET /jars",
            "DELETE /jars/headwater-job-old.jar",
            "POST /jars/upload",
            "POST /jars/headwater-job-new.jar/run");
  }

  @Test
  void aClusterThatTakesNoJarsIsToldNothingMore() throws IOException {
    assertThat(store().run(new JobGraph("job"), jars(), null)).isEmpty();
    assertThat(asked).containsExactly("GET /jars");
  }

  @Test
  void norOneThatOnlyShowsThem() throws IOException {
    answers.put("GET /jars", "{\"files\":[]}");
    assertThat(store().run(new JobGraph("job"), jars(), null)).isEmpty();
    assertThat(asked).containsExactly("GET /jars", "POST /jars/upload");
  }
}

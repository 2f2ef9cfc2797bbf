package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.headwater.broker.Ports;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a cluster that cannot run a job is told by, against answers as Flink 1.19 gives them. */
final class ClusterCheckTest {
  private static final CatalogConfig SQLITE = CatalogConfig.embedded(Path.of("/tmp/flights"));

  private final Map<String, String> answers = new HashMap<>();
  private final HttpServer flink = server();

  ClusterCheckTest() {
    answers.put("/config", "{\"flink-version\":\"1.19.3\"}");
    answers.put("/overview", "{\"slots-total\":4,\"slots-available\":4}");
    workers("127.0.0.1");
  }

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void workers(String host) {
    answers.put(
        "/taskmanagers",
        "{\"taskmanagers\":[{\"path\":\"pekko.tcp://flink@"
            + host
            + ":44199/user/rpc/taskmanager_0\"}]}");
  }

  @BeforeEach
  void start() {
    flink.createContext(
        "/",
        exchange -> {
          String answer = answers.get(exchange.getRequestURI().getPath());
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

  private String address() {
    return "127.0.0.1:" + flink.getAddress().getPort();
  }

  private static Cluster at(String address) {
    return Cluster.of(address, Map.of());
  }

  private ClusterEngine engine(String... options) {
    return new ClusterEngine(at(address()), List.of(options), false);
  }

  @Test
  void allSlotsThatAreFreeAreTaken() {
    ClusterEngine engine = engine();
    engine.check(SQLITE);
    assertThat(engine.workers()).isEqualTo(4);
    assertThat(engine("--parallelism=3").workers()).isEqualTo(3);
  }

  @Test
  void aClusterOfAnotherVersion() {
    answers.put("/config", "{\"flink-version\":\"1.20.1\"}");
    refused(Kind.USAGE, "is Flink 1.20.1; this Headwater speaks Flink 1.19");
  }

  @Test
  void aClusterThatIsFull() {
    answers.put("/overview", "{\"slots-total\":4,\"slots-available\":1}");
    ClusterCheck check = new ClusterCheck(new FlinkRest(at(address())));
    check.free(1);
    long began = System.nanoTime();
    assertThatThrownBy(() -> check.free(2))
        .isInstanceOfSatisfying(
            HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE))
        .hasMessageContaining("is full: 2 slots are needed, 1 of 4 are free");
    assertThat((System.nanoTime() - began) / 1e9).isBetween(5.0, 120.0);
    answers.put("/overview", "{\"slots-total\":0,\"slots-available\":0}");
    refused(Kind.UNREACHABLE, "has no TaskManager");
  }

  @Test
  void aClusterThatIsGone() throws IOException {
    int port = Ports.free();
    ClusterEngine engine = new ClusterEngine(at("127.0.0.1:" + port), List.of(), false);
    long began = System.nanoTime();
    assertThatThrownBy(() -> engine.check(SQLITE))
        .isInstanceOfSatisfying(
            HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE))
        .hasMessageContaining("Cannot reach the Flink cluster at 127.0.0.1:" + port);
    assertThat((System.nanoTime() - began) / 1e9).isLessThan(60);
  }

  @Test
  void sqliteIsForWorkersOfThisMachineOnly() {
    workers("203.0.113.7");
    refused(
        Kind.USAGE,
        "/tmp/flights/catalog.db is a file of this machine, but the cluster's workers are on 203.0.113.7");
    CatalogConfig shared =
        CatalogConfig.postgresql("default", "jdbc:postgresql://db/meta", Path.of("/lake"));
    engine().check(shared);
  }

  @Test
  void whatIsNoAddress() {
    assertThatThrownBy(() -> at("flink cluster"))
        .isInstanceOfSatisfying(
            HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE))
        .hasMessageContaining("host:port");
  }

  private void refused(Kind kind, String says, String... options) {
    assertThatThrownBy(() -> engine(options).check(SQLITE))
        .isInstanceOfSatisfying(HeadwaterException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(says);
  }
}

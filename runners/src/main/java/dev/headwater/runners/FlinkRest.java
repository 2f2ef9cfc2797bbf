package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Flink's REST API. It answers within seconds, or is not reachable. */
final class FlinkRest {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int NOT_FOUND = 404;
  private static final int FAILED = 400;
  private static final Set<Integer> DENIED = Set.of(401, 403, 407);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Cluster cluster;
  private final HttpClient http;
  private final Optional<String> authorization;

  FlinkRest(Cluster cluster) {
    this.cluster = cluster;
    HttpClient.Builder client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
    if (cluster.isTls()) {
      client.sslContext(cluster.ssl());
    }
    this.http = client.build();
    this.authorization = cluster.authorization();
  }

  /** What the user calls the cluster. */
  String master() {
    return cluster.name();
  }

  Cluster cluster() {
    return cluster;
  }

  /**
   * What is at a path.
   *
   * @throws HeadwaterException UNREACHABLE if nothing answers, or nothing is there
   */
  JsonNode get(String path) {
    return find(path).orElseThrow(() -> unreachable("it knows no " + path, null));
  }

  /**
   * What is at a path, or empty if nothing is there.
   *
   * @throws HeadwaterException UNREACHABLE if nothing answers
   */
  Optional<JsonNode> find(String path) {
    return send(HttpRequest.newBuilder(cluster.root().resolve(path)).GET());
  }

  /** Asks for a job's end; nothing if it has none any more. */
  void cancel(String job) {
    Optional<JsonNode> unused =
        send(
            HttpRequest.newBuilder(cluster.root().resolve("/jobs/" + job + "?mode=cancel"))
                .method("PATCH", HttpRequest.BodyPublishers.noBody()));
  }

  /**
   * Asks for something to be done.
   *
   * @return the answer, or empty if what it is about is not there
   * @throws HeadwaterException UNREACHABLE if nothing answers
   */
  Optional<JsonNode> post(String path, Map<String, ?> body) {
    return send(
        HttpRequest.newBuilder(cluster.root().resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.valueToTree(body).toString())));
  }

  private Optional<JsonNode> send(HttpRequest.Builder request) {
    HttpResponse<byte[]> answer;
    JsonNode body;
    authorization.ifPresent(header -> request.header("Authorization", header));
    try {
      answer = http.send(request.timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofByteArray());
      body =
          DENIED.contains(answer.statusCode()) ? NullNode.instance : JSON.readTree(answer.body());
    } catch (IOException e) {
      throw unreachable(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("interrupted", e);
    }
    if (answer.statusCode() == NOT_FOUND) {
      return Optional.empty();
    }
    if (DENIED.contains(answer.statusCode())) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "The Flink cluster at " + master() + " answers " + answer.statusCode() + ".",
          authorization.isPresent()
              ? "check the user, the password or the token of clusters." + master() + ".login."
              : "declare it in clusters, with login: {token: {secret: env/NAME}}.");
    }
    if (answer.statusCode() >= FAILED) {
      String says = body.path("errors").path(0).asText().lines().findFirst().orElse("");
      throw unreachable("it answers " + answer.statusCode() + " " + says, null);
    }
    return Optional.of(body);
  }

  private SilentException unreachable(String why, @Nullable Throwable e) {
    return new SilentException(
        "Cannot reach the Flink cluster at " + master() + ": " + why + ".",
        "check the address and that its JobManager is up: curl " + cluster.root() + "/overview.",
        e);
  }

  /** Nothing answers, or nothing that makes sense. */
  static final class SilentException extends HeadwaterException {
    private static final long serialVersionUID = 1;

    private SilentException(String what, String fix, @Nullable Throwable cause) {
      super(Kind.UNREACHABLE, what, fix, cause);
    }
  }
}

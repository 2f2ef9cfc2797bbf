package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Flink's REST API. It answers questions within seconds, or is not reachable. */
final class FlinkRest {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration TO_BEGIN = Duration.ofMinutes(2);
  private static final Duration TO_SEND = Duration.ofMinutes(10);
  private static final String BOUNDARY = "headwater";

  /** The lines of a stack trace that tell what was thrown. */
  private static final Pattern THROWN =
      Pattern.compile(
          "(?:<?Exception on server side:|Caused by: )?[\\w.$]+(?:Exception|Error): (.+)");

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
    return send(request(path).GET());
  }

  /** Asks for a job's end; nothing if it has none any more. */
  void cancel(String job) {
    Optional<JsonNode> unused =
        send(
            request("/jobs/" + job + "?mode=cancel")
                .method("PATCH", HttpRequest.BodyPublishers.noBody()));
  }

  /**
   * Asks for something to be done.
   *
   * @return the answer, or empty if what it is about is not there
   * @throws HeadwaterException UNREACHABLE if nothing answers
   */
  Optional<JsonNode> post(String path, Map<String, ?> body) {
    return send(json(path, body));
  }

  /**
   * Begins a job, and waits until it is taken.
   *
   * @throws IllegalStateException if it isn't, with the causes that the cluster tells
   * @throws HeadwaterException UNREACHABLE if nothing answers
   */
  JsonNode begin(String path, Map<String, ?> body) {
    Answer answer = exchange(json(path, body).timeout(TO_BEGIN));
    if (answer.status() >= FAILED) {
      throw new IllegalStateException(
          "it answers " + answer.status(), causes(answer.body().path("errors")));
    }
    return answer.body();
  }

  /** Deletes what is at a path, if it is there. */
  void delete(String path) {
    Optional<JsonNode> unused = send(request(path).DELETE());
  }

  /**
   * Sends a file, under its name.
   *
   * @return the answer, or empty if nothing takes it
   * @throws HeadwaterException UNREACHABLE if nothing answers
   */
  Optional<JsonNode> upload(String path, Path jar) throws IOException {
    String head =
        "--%s\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\"%s\"\r\n"
                .formatted(BOUNDARY, jar.getFileName())
            + "Content-Type: application/java-archive\r\n\r\n";
    return send(
        request(path)
            .timeout(TO_SEND)
            .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
            .POST(
                HttpRequest.BodyPublishers.concat(
                    HttpRequest.BodyPublishers.ofString(head),
                    HttpRequest.BodyPublishers.ofFile(jar),
                    HttpRequest.BodyPublishers.ofString("\r\n--" + BOUNDARY + "--\r\n"))));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(cluster.root().resolve(path)).timeout(ANSWER);
  }

  private HttpRequest.Builder json(String path, Map<String, ?> body) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(JSON.valueToTree(body).toString()));
  }

  /** The exceptions of a stack trace that was sent as text. */
  private static @Nullable Throwable causes(JsonNode errors) {
    @Nullable Throwable cause = null;
    List<String> lines = new ArrayList<>();
    errors.forEach(error -> error.asText().lines().forEach(lines::add));
    for (int i = lines.size() - 1; i >= 0; i--) {
      Matcher thrown = THROWN.matcher(lines.get(i));
      if (thrown.matches()) {
        cause = new IllegalStateException(thrown.group(1), cause);
      }
    }
    return cause;
  }

  /** What was answered. */
  private record Answer(int status, JsonNode body) {}

  private Optional<JsonNode> send(HttpRequest.Builder request) {
    Answer answer = exchange(request);
    if (answer.status() == NOT_FOUND) {
      return Optional.empty();
    }
    if (answer.status() >= FAILED) {
      String says = answer.body().path("errors").path(0).asText().lines().findFirst().orElse("");
      throw unreachable("it answers " + answer.status() + " " + says, null);
    }
    return Optional.of(answer.body());
  }

  private Answer exchange(HttpRequest.Builder request) {
    HttpResponse<byte[]> answer;
    JsonNode body;
    authorization.ifPresent(header -> request.header("Authorization", header));
    try {
      answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      body =
          DENIED.contains(answer.statusCode()) ? NullNode.instance : JSON.readTree(answer.body());
    } catch (IOException e) {
      throw unreachable(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("interrupted", e);
    }
    if (DENIED.contains(answer.statusCode())) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "The Flink cluster at " + master() + " answers " + answer.statusCode() + ".",
          authorization.isPresent()
              ? "check the user, the password or the token of clusters." + master() + ".login."
              : "declare it in clusters, with login: {token: {secret: env/NAME}}.");
    }
    return new Answer(answer.statusCode(), body);
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

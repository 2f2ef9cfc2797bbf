package dev.headwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.lineage.Destination.Answer;
import io.openlineage.client.transports.HttpConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {
  private static final String EVENT = Events.in("dev").ended(Flights.ingested());

  private final Path folder;

  DestinationsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Destination http(String url) {
    HttpConfig config = new HttpConfig();
    config.setUrl(URI.create(url));
    config.setTimeoutInMillis(300);
    return Destinations.open(config, "a test");
  }

  private Destination yaml(String yaml) throws Exception {
    Files.writeString(folder.resolve("openlineage.yml"), yaml);
    return ClientSettings.read(Map.of(), List.of(folder)).open().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204})
  void whatTheServerTakesIsAccepted(int status) {
    try (LineageServer server = LineageServer.answering(status);
        Destination destination = http(server.url())) {
      assertThat(destination.deliver(EVENT)).isEqualTo(new Answer.Accepted());
      assertThat(Schemas.problems(server.accepted().get(0))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
  void aServerInTroubleIsAskedAgainLaterAndOnlyByUs(int status) {
    try (LineageServer server = LineageServer.answering(status);
        Destination destination = http(server.url())) {
      assertThat(destination.deliver(EVENT))
          .isEqualTo(new Answer.Later(status + " answer " + status));
      assertThat(server.seen()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 409, 413, 422})
  void whatTheServerRefusesKeepsItsAnswer(int status) {
    try (LineageServer server = LineageServer.answering(status);
        Destination destination = http(server.url())) {
      assertThat(destination.deliver(EVENT))
          .isEqualTo(new Answer.Refused(status + " answer " + status));
    }
  }

  @Test
  void aRedirectIsNotTakenForSuccess() {
    try (LineageServer server = LineageServer.answering(302);
        Destination destination = http(server.url())) {
      assertThat(destination.deliver(EVENT))
          .isEqualTo(
              new Answer.Later(
                  "the server answers 302, "
                      + server.url()
                      + "/elsewhere instead; set that address as the url"));
      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void aRefusedConnectionIsForLater() {
    int port;
    try (LineageServer server = LineageServer.answering(200)) {
      port = server.port();
    }
    try (Destination destination = http("http://127.0.0.1:" + port)) {
      assertThat(destination.deliver(EVENT)).isInstanceOf(Answer.Later.class);
      assertThat(destination.deliver(EVENT).toString()).contains("Connection refused");
    }
  }

  @Test
  void aDroppedConnectionIsForLater() {
    try (LineageServer server = LineageServer.answering(0);
        Destination destination = http(server.url())) {
      assertThat(destination.deliver(EVENT)).isInstanceOf(Answer.Later.class);
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsForLater() {
    CountDownLatch never = new CountDownLatch(1);
    LineageServer.Behaviour silent =
        (request, event) -> {
          never.await();
          return 200;
        };
    try (LineageServer server = new LineageServer(0, silent);
        Destination destination = http(server.url())) {
      assertThat(destination.deliver(EVENT).toString()).contains("timed out");
      never.countDown();
    }
  }

  @Test
  void whatIsNoEventIsRefused() {
    try (LineageServer server = LineageServer.answering(200);
        Destination destination = http(server.url())) {
      assertThat(destination.deliver("{\"no"))
          .isInstanceOf(Answer.Refused.class)
          .asString()
          .contains("not an OpenLineage run event");
      assertThat(server.seen()).isEmpty();
    }
  }

  @Test
  void theDescriptionHasNoSecrets() {
    try (Destination destination = http("http://u:canary@127.0.0.1:1/api?key=canary")) {
      assertThat(destination.description()).isEqualTo("http http://127.0.0.1:1/api");
    }
  }

  @Test
  void aFileHasAnEventALine() throws Exception {
    Path file = folder.resolve("new/events.ndjson");
    try (Destination destination = yaml("transport: {type: file, location: " + file + "}")) {
      assertThat(destination.deliver(EVENT)).isEqualTo(new Answer.Accepted());
      Files.writeString(file, Files.readString(file) + "{\"cut off");
      assertThat(destination.deliver(EVENT)).isEqualTo(new Answer.Accepted());
    }
    assertThat(Files.readAllLines(file)).containsExactly(EVENT, "{\"cut off", EVENT);
  }

  @Test
  void aFileThatCannotBeWrittenIsForLater() throws Exception {
    Path notAFolder = Files.writeString(folder.resolve("file"), "x");
    try (Destination destination =
        yaml("transport: {type: file, location: " + notAFolder.resolve("events") + "}")) {
      assertThat(destination.deliver(EVENT))
          .isInstanceOf(Answer.Later.class)
          .asString()
          .contains("cannot write " + notAFolder.resolve("events"));
    }
  }

  @Test
  void ofSeveralEachGetsTheEventEvenWhenAnotherFails() throws Exception {
    int[] status = {503};
    Path file = folder.resolve("copy.ndjson");
    try (LineageServer server = new LineageServer(0, (request, event) -> status[0]);
        Destination destination =
            yaml(
                "transport:\n  type: composite\n  continueOnFailure: true\n  transports:\n"
                    + "    copy: {type: file, location: "
                    + file
                    + "}\n    marquez: {type: http, url: '"
                    + server.url()
                    + "'}\n")) {
      assertThat(destination.deliver(EVENT)).isInstanceOf(Answer.Later.class);
      assertThat(destination.deliver(EVENT).toString()).contains("503 answer 503");
      status[0] = 200;
      assertThat(destination.deliver(EVENT)).isEqualTo(new Answer.Accepted());

      assertThat(server.accepted()).hasSize(1);
      assertThat(Files.readAllLines(file)).containsExactly(EVENT);
      // The same event once more is a repeat for both.
      assertThat(destination.deliver(EVENT)).isEqualTo(new Answer.Accepted());
      assertThat(server.accepted()).hasSize(2);
    }
  }

  @Test
  void ofSeveralARefusalIsKeptWithItsName() throws Exception {
    try (LineageServer one = LineageServer.answering(422);
        LineageServer two = LineageServer.answering(200);
        Destination destination =
            yaml(
                "transport:\n  type: composite\n  transports:\n    one: {type: http, url: '"
                    + one.url()
                    + "'}\n    two: {type: http, url: '"
                    + two.url()
                    + "'}\n")) {
      assertThat(destination.deliver(EVENT))
          .isEqualTo(new Answer.Refused("http " + one.url() + ": 422 answer 422"));
      assertThat(two.accepted()).hasSize(1);
    }
  }

  @Test
  void theConsoleTakesEvents() throws Exception {
    try (Destination destination = yaml("transport: {type: console}")) {
      assertThat(destination.deliver(EVENT)).isEqualTo(new Answer.Accepted());
    }
  }

  @Test
  void aKafkaThatIsNotThereIsForLater() throws Exception {
    try (Destination destination =
        yaml(
            """
            transport:
              type: kafka
              topicName: lineage
              properties:
                bootstrap.servers: 127.0.0.1:1
                max.block.ms: 200
                key.serializer: org.apache.kafka.common.serialization.StringSerializer
                value.serializer: org.apache.kafka.common.serialization.StringSerializer
            """)) {
      assertThat(destination.description()).isEqualTo("kafka lineage");
      assertThat(destination.deliver(EVENT))
          .isInstanceOf(Answer.Later.class)
          .asString()
          .contains("lineage not present in metadata after 200 ms");
    }
  }
}

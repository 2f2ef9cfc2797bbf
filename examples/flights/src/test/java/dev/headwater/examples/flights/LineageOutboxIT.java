package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.headwater.broker.Ports;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lineage events reach their server in order, now or later, and never hold up a run. */
final class LineageOutboxIT {
  private static final String FEW = "file_row_number % 400 = 0";
  private static final String CANARY = "c4nary";
  private static final ObjectMapper JSON = new ObjectMapper();

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @AfterEach
  void alone() {
    lateSender()
        .ifPresent(
            late -> {
              late.destroyForcibly();
              late.onExit().join();
            });
  }

  /** All that can be said of a target to people, and secrets wherever they can stand. */
  private String labelledWithSecrets() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), CANARY);
    return SmallFlights.YAML
        .replace(
            "sources:",
            """
            catalogs:
              default:
                uri: jdbc:sqlite:%1$s/c.db
                warehouse: %1$s/w
                jdbc.password: {secret: file/%2$s}
                s3.secret-access-key: {secret: file/%2$s}
                token: {secret: file/%2$s}
            sources:"""
                .formatted(folder, secret))
        .replace(
            "    from: flights_file\n",
            """
                from: flights_file
                owner: operations
                description: Flights as they were flown.
                tags: [hourly]
            """);
  }

  /** Neither in what was said nor in any file but the one that it is declared in. */
  private void noSecret(List<JsonNode> events, String said) throws IOException {
    assertThat(events.toString() + said).contains("flights").doesNotContain(CANARY);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(text.contains(CANARY)).as("%s", file).isEqualTo(file.endsWith("secret"));
      }
    }
  }

  /** The server holds the last event's answer back until the command has ended. */
  @Test
  void eventsArriveInOrderThoughTheCommandDoesNotWaitForThem() throws Exception {
    SmallFlights flights =
        SmallFlights.empty(folder).yaml(labelledWithSecrets()).flights("a.parquet", FEW);
    String said;
    List<JsonNode> events = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch ended = new CountDownLatch(1);
    HttpServer server =
        server(
            0,
            event -> {
              if (isLast(event)) {
                await(ended);
              }
              events.add(event);
            });
    try (Command command =
        Command.start(
            folder,
            Map.of(
                "OPENLINEAGE_URL",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "OPENLINEAGE_API_KEY",
                CANARY),
            "run")) {
      assertThat(command.status()).as(command.output()).isZero();
      said = command.output();
      ended.countDown();
      lateSender().ifPresent(late -> late.onExit().join());
    } finally {
      server.stop(0);
    }
    EventSchemas schemas = new EventSchemas();
    assertThat(events).allSatisfy(event -> assertThat(schemas.problems(event)).isEmpty());
    inOrder(withoutRepeats(events));
    ToldFacets.labels(end(events, "ingest.flights"));
    ToldFacets.all(events);
    ToldFacets.features(end(events, "features.airport_delays"));
    ToldFacets.drift(end(events, "drift.late_drift"));
    noSecret(events, said);
    try (Launcher launcher = flights.open(LaunchOptions.DEFAULT)) {
      assertThat(launcher.lineageStatus().data())
          .containsEntry("pending", 0L)
          .containsEntry("parked", 0L)
          .containsEntry("delivered", (long) withoutRepeats(events).size());
    }
  }

  private static JsonNode end(List<JsonNode> events, String job) {
    return events.stream()
        .filter(e -> e.at("/job/name").asText().equals("flights." + job))
        .filter(e -> e.path("eventType").asText().equals("COMPLETE"))
        .findFirst()
        .orElseThrow();
  }

  /** The end of the whole run. */
  private static boolean isLast(JsonNode event) {
    return event.at("/job/name").asText().equals("flights")
        && event.path("eventType").asText().equals("COMPLETE");
  }

  private static void await(CountDownLatch ended) {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The process that goes on sending where the command has left it. */
  private Optional<ProcessHandle> lateSender() {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").endsWith("LateSender " + folder))
        .findFirst();
  }

  /** An event whose answer was lost comes twice, directly after itself. */
  private static List<JsonNode> withoutRepeats(List<JsonNode> events) {
    List<JsonNode> once = new ArrayList<>();
    for (JsonNode event : events) {
      if (once.isEmpty() || !once.get(once.size() - 1).equals(event)) {
        once.add(event);
      }
    }
    return once;
  }

  @Test
  void withoutAnAnsweringServerEventsWaitAndAreSentLater() throws Exception {
    int port = Ports.free();
    SmallFlights flights =
        SmallFlights.empty(folder)
            .flights("a.parquet", FEW)
            .write(
                "openlineage.yml",
                "transport: {type: http, url: 'http://127.0.0.1:" + port + "'}\n");
    flights.run();
    long pending;
    try (Launcher launcher = flights.open(LaunchOptions.DEFAULT)) {
      Answer status = launcher.lineageStatus();
      pending = (Long) Objects.requireNonNull(status.data().get("pending"));
      assertThat(pending).isEqualTo(16);
      assertThat(launcher.lineageFlush().exitStatus()).isEqualTo(5);
    }
    // A process died before it told of its run.
    Run silent = ended(flights);
    long began = System.nanoTime();
    assertThat(flights.run().report().fresh()).isTrue();
    assertThat((System.nanoTime() - began) / 1e9).isLessThan(60);

    List<JsonNode> events = Collections.synchronizedList(new ArrayList<>());
    HttpServer server = server(port, events::add);
    try (Launcher launcher = flights.open(LaunchOptions.DEFAULT)) {
      assertThat(launcher.lineageFlush().exitStatus()).isZero();
      assertThat(launcher.lineageStatus().data()).containsEntry("pending", 0L);
    } finally {
      server.stop(0);
    }
    assertThat(events).hasSize((int) pending + 2);
    assertThat(events.subList((int) pending, events.size()))
        .allSatisfy(
            event -> assertThat(event.at("/run/runId").asText()).isEqualTo(silent.id().toString()))
        .extracting(event -> event.path("eventType").asText())
        .containsExactly("START", "FAIL");
    inOrder(events.subList(0, (int) pending));
  }

  /** A run that is closed, and of which no event was written. */
  private static Run ended(SmallFlights flights) {
    Run run = Run.open("flights", "train", "model/late", null, List.of(), Map.of(), "", "1");
    return flights.registry(
        registry -> {
          registry.runs().start(run);
          return registry
              .runs()
              .finish(run.id(), Run.Status.FAILED, List.of(), Map.of(), "It was killed.");
        });
  }

  /** A run starts before it ends, and what it reads was written before. */
  private static void inOrder(List<JsonNode> events) {
    Map<String, List<String>> kinds = new HashMap<>();
    Set<String> written = new HashSet<>();
    Set<String> everWritten = new HashSet<>();
    for (JsonNode event : events) {
      event.path("outputs").forEach(o -> everWritten.add(o.path("name").asText()));
    }
    for (JsonNode event : events) {
      String run = event.path("run").path("runId").asText();
      String kind = event.path("eventType").asText();
      if (run.isEmpty()) {
        continue;
      }
      kinds.computeIfAbsent(run, r -> new ArrayList<>()).add(kind);
      for (JsonNode input : event.path("inputs")) {
        String name = input.path("name").asText();
        if (everWritten.contains(name)) {
          assertThat(written).contains(name);
        }
      }
      if (kind.equals("COMPLETE")) {
        event.path("outputs").forEach(o -> written.add(o.path("name").asText()));
      }
    }
    // The tables were not there when their runs began.
    Map<String, List<String>> outputs = new HashMap<>();
    for (JsonNode event : events) {
      List<String> names = new ArrayList<>();
      event.path("outputs").forEach(output -> names.add(output.path("name").asText()));
      assertThat(outputs.computeIfAbsent(event.at("/run/runId").asText(), r -> names))
          .as(event.at("/job/name").asText())
          .isEqualTo(names);
    }
    // Six stages, the check that is part of ingest, and the whole.
    assertThat(kinds).hasSize(8);
    assertThat(kinds.values())
        .allSatisfy(k -> assertThat(k).startsWith("START").endsWith("COMPLETE").hasSize(2));
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "lineage-server");
    thread.setDaemon(true);
    return thread;
  }

  private static HttpServer server(int port, Consumer<JsonNode> events) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
            body =
                new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(body))
                    .readAllBytes();
          }
          events.accept(JSON.readTree(body));
          exchange.sendResponseHeaders(201, -1);
          exchange.close();
        });
    server.setExecutor(Executors.newCachedThreadPool(LineageOutboxIT::daemon));
    server.start();
    return server;
  }
}

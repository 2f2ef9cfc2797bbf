package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.lineage.Events;
import dev.headwater.lineage.JobName;
import dev.headwater.lineage.RunFacts;
import dev.headwater.lineage.RunIds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that was away for a day: what waited for it is more than the sender's heap, and it goes
 * away once more in the middle.
 */
final class DaysOutageIT {
  /** A run each minute, with its start and its end. */
  private static final int EVENTS = 2_880;

  /** With these they are some 180 MB; the sender has a heap of 128 MB. */
  private static final String LONG = "a line of a log as they are. ".repeat(2_200);

  private static final int MIDDLE = 1_000;
  private static final int MINUTES = 5;

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  private final List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch half = new CountDownLatch(1);

  @Test
  void allOfItComesInOrder() throws Exception {
    append();
    HttpServer server = server(0);
    int port = server.getAddress().getPort();
    Files.writeString(
        folder.resolve("openlineage.yml"),
        "transport: {type: http, url: 'http://127.0.0.1:" + port + "'}\n");
    LateSender.start(CatalogConfig.embedded(folder), folder);
    ProcessHandle sender = sender();
    try {
      assertThat(half.await(MINUTES, TimeUnit.MINUTES)).isTrue();
      server.stop(0);
      server = server(port);
      sender.onExit().get(MINUTES, TimeUnit.MINUTES);
    } finally {
      sender.destroyForcibly();
      server.stop(0);
    }
    List<Integer> once = new ArrayList<>();
    seen.stream()
        .filter(i -> once.isEmpty() || !once.get(once.size() - 1).equals(i))
        .forEach(once::add);
    assertThat(once).isEqualTo(IntStream.range(0, EVENTS).boxed().toList());
    try (Registry registry = Registry.open(CatalogConfig.embedded(folder))) {
      assertThat(registry.journal().pending(1)).isEmpty();
      assertThat(registry.journal().parked(1)).isEmpty();
    }
  }

  private void append() {
    UUID any = RunIds.next();
    RunFacts.Builder run =
        RunFacts.run(any, JobName.of("p", "ingest", "t"), Instant.now())
            .facts(Map.of("event", "NUMBER.", "log", LONG));
    Events events = Events.in("dev");
    String start = events.started(run.build()).get(0);
    String end = events.ended(run.ended(RunFacts.Status.COMPLETED, Instant.now()).build());
    try (Registry registry = Registry.open(CatalogConfig.embedded(folder))) {
      RegistryJournal journal = new RegistryJournal(registry.journal(), registry.locks());
      for (int i = 0; i < EVENTS; i += 2) {
        String id = RunIds.next().toString();
        journal.append(
            "run " + id,
            List.of(
                start.replace(any.toString(), id).replace("NUMBER.", i + "."),
                end.replace(any.toString(), id).replace("NUMBER.", i + 1 + ".")));
      }
    }
  }

  private ProcessHandle sender() {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().commandLine().orElse("").endsWith("LateSender " + folder))
        .findFirst()
        .orElseThrow();
  }

  private HttpServer server(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10);
    server.createContext(
        "/",
        exchange -> {
          String event =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          seen.add(number(event));
          if (seen.size() == MIDDLE) {
            half.countDown();
          }
          exchange.sendResponseHeaders(201, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static int number(String event) {
    String before = "\"event\":\"";
    int at = event.indexOf(before) + before.length();
    return Integer.parseInt(event.substring(at, event.indexOf('.', at)));
  }
}

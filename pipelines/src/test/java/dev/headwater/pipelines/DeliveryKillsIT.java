package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.lineage.ClientSettings;
import dev.headwater.lineage.Destination;
import dev.headwater.lineage.Events;
import dev.headwater.lineage.JobName;
import dev.headwater.lineage.RunFacts;
import dev.headwater.lineage.RunIds;
import dev.headwater.lineage.Sender;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sender that dies at each of its steps: its journal's and its destination's, before and after.
 */
final class DeliveryKillsIT {
  private static final int DIED = 137;

  /**
   * Before and after: the lead, the head, the delivery, its mark. What is left is counted first.
   */
  private static final int FIRST = 3;

  private static final int LAST = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  /** The process that sends: its folder, and how many steps it lives; 0: to the end. */
  static final class Sends {
    private Sends() {}

    public static void main(String[] args) {
      AtomicInteger left = new AtomicInteger(Integer.parseInt(args[1]));
      Path folder = Path.of(args[0]);
      Destination to = ClientSettings.read(folder).open().orElseThrow();
      try (Registry registry = Registry.open(CatalogConfig.embedded(folder));
          Sender sender =
              Sender.start(
                  mortal(
                      dev.headwater.lineage.Journal.class,
                      new RegistryJournal(registry.journal(), registry.locks()),
                      left),
                  mortal(Destination.class, to, left))) {
        sender.drain(PATIENCE);
      }
    }

    private static <T> T mortal(Class<T> type, T of, AtomicInteger left) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> {
                step(left);
                try {
                  Object answer = method.invoke(of, arguments);
                  step(left);
                  return answer;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              }));
    }

    private static void step(AtomicInteger left) {
      if (left.decrementAndGet() == 0) {
        Runtime.getRuntime().halt(DIED);
      }
    }
  }

  @Test
  void nothingIsLostAndRepeatsFollowEachOther() throws Exception {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
            body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
          }
          seen.add(job(new String(body, StandardCharsets.UTF_8)));
          exchange.sendResponseHeaders(201, -1);
          exchange.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    List<String> written = new ArrayList<>();
    for (int step = FIRST; step <= LAST; step++) {
      append(written);
      assertThat(send(url, step)).isEqualTo(DIED);
    }
    assertThat(send(url, 0)).isZero();
    server.stop(0);

    List<String> once = new ArrayList<>();
    seen.forEach(
        job -> {
          if (once.isEmpty() || !once.get(once.size() - 1).equals(job)) {
            once.add(job);
          }
        });
    assertThat(once).isEqualTo(written);
    // Who died between the answer and its mark sent it for nothing.
    assertThat(seen).hasSizeGreaterThan(written.size());
    try (Registry registry = Registry.open(CatalogConfig.embedded(folder))) {
      assertThat(registry.journal().pending(1)).isEmpty();
      assertThat(registry.journal().parked(1)).isEmpty();
    }
  }

  private void append(List<String> written) {
    try (Registry registry = Registry.open(CatalogConfig.embedded(folder))) {
      JobName job = JobName.of("p", "ingest", "t" + written.size());
      String event =
          Events.in("dev")
              .ended(
                  RunFacts.run(RunIds.next(), job, Instant.now())
                      .ended(RunFacts.Status.COMPLETED, Instant.now())
                      .build());
      new RegistryJournal(registry.journal(), registry.locks()).append("s", List.of(event));
      written.add(job(event));
    }
  }

  private static String job(String event) {
    int at = event.indexOf("p.ingest.t");
    return event.substring(at, event.indexOf('"', at));
  }

  private int send(String url, int steps) throws IOException, InterruptedException {
    ProcessBuilder process =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Sends.class.getName(),
            folder.toString(),
            Integer.toString(steps));
    process.environment().putAll(Map.of("OPENLINEAGE_URL", url));
    process.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    return process.start().waitFor();
  }
}

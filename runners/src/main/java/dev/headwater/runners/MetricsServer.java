package dev.headwater.runners;

import com.sun.net.httpserver.HttpServer;
import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** {@code /metrics} on a port of this machine, for Prometheus to fetch; nothing else. */
final class MetricsServer implements AutoCloseable {
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService answering;

  private MetricsServer(HttpServer server, ExecutorService answering) {
    this.server = server;
    this.answering = answering;
  }

  /**
   * Serves what is said at the time of asking.
   *
   * @param port 0 for any that is free
   * @throws HeadwaterException UNREACHABLE if the port is taken
   */
  static MetricsServer open(int port, Supplier<String> text) {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(port), 0);
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "Cannot serve metrics on port " + port + ": " + e.getMessage() + ".",
          "choose another one: --metrics-port.",
          e);
    }
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            boolean known = exchange.getRequestURI().getPath().equals("/metrics");
            boolean read = exchange.getRequestMethod().equals("GET");
            byte[] body = (known ? text.get() : "see /metrics\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", TYPE);
            exchange.sendResponseHeaders(read ? (known ? 200 : 404) : 405, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
              out.write(body);
            }
          }
        });
    ExecutorService answering =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "headwater-metrics");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(answering);
    server.start();
    return new MetricsServer(server, answering);
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    answering.shutdownNow();
  }
}

package dev.headwater.lineage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A real HTTP server on loopback that behaves as badly as it is told. */
final class LineageServer implements AutoCloseable {
  /** What it does with the n-th request, counted from 1. */
  interface Behaviour {
    /** The status to answer; 0: take the event, but drop the connection without an answer. */
    int answer(int request, String event) throws InterruptedException;
  }

  static {
    // Otherwise each answer waits for the acknowledgement of its head.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Behaviour behaviour;
  private final List<String> seen = new ArrayList<>();
  private final List<String> accepted = new ArrayList<>();
  private final List<String> authorizations = new ArrayList<>();
  private int requests;

  LineageServer(int port, Behaviour behaviour) {
    this.behaviour = behaviour;
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    http.createContext("/", this::handle);
    http.setExecutor(threads);
    http.start();
  }

  static LineageServer answering(int status) {
    return new LineageServer(0, (request, event) -> status);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String event = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      int number;
      synchronized (this) {
        number = ++requests;
        seen.add(event);
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      }
      int status = behaviour.answer(number, event);
      if (status == 0 || status < 300) {
        synchronized (this) {
          accepted.add(event);
        }
      }
      if (status == 0) {
        return;
      }
      if (status >= 300 && status < 400) {
        exchange.getResponseHeaders().add("Location", url() + "/elsewhere");
      }
      byte[] body = status == 204 ? new byte[0] : ("answer " + status).getBytes(UTF_8);
      exchange.sendResponseHeaders(status, status == 204 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int port() {
    return http.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  /** All that came, answered well or not. */
  synchronized List<String> seen() {
    return List.copyOf(seen);
  }

  /** What it took, in its order. */
  synchronized List<String> accepted() {
    return List.copyOf(accepted);
  }

  synchronized List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
    try {
      threads.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.headwater.catalog;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What stands in front of a server: passes requests on, or does something else with them. */
final class Door implements AutoCloseable {
  /** An answer; without a status the connection is closed instead. */
  record Answer(int status, Map<String, String> headers, String body) {
    static final Answer NONE = new Answer(0, Map.of(), "");

    static Answer of(int status) {
      return new Answer(status, Map.of(), "");
    }
  }

  /** Passes the request on. */
  interface Server {
    Answer answer() throws IOException;
  }

  /** Decides over a request: "POST /v1/namespaces/demo/tables/rides". */
  interface Keeper {
    Answer at(String request, Server server) throws IOException;
  }

  private static final Set<String> PASSED =
      Set.of("authorization", "content-type", "if-none-match", "accept", "idempotency-key");

  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "door");
            thread.setDaemon(true);
            return thread;
          });
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final HttpServer front;
  private volatile String server = "";
  private volatile Keeper keeper = (request, behind) -> behind.answer();

  Door() throws IOException {
    front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    front.setExecutor(threads);
    front.createContext("/", this::handle);
    front.start();
  }

  String uri() {
    return "http://127.0.0.1:" + front.getAddress().getPort();
  }

  /** Which server it is the door of. */
  void to(String address) {
    server = address;
  }

  void keeper(Keeper who) {
    keeper = who;
  }

  /** The requests that came, with what they were asked to prove: "GET /v1/config Bearer x". */
  List<String> seen() {
    return seen;
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    String proof = exchange.getRequestHeaders().getFirst("Authorization");
    seen.add(proof == null ? request : request + " " + proof);
    Answer answer = keeper.at(request, () -> pass(exchange, body));
    if (answer.status() == 0) {
      exchange.close();
      return;
    }
    answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    byte[] said = answer.body().getBytes(StandardCharsets.UTF_8);
    boolean empty = said.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), empty ? -1 : said.length);
    if (!empty) {
      exchange.getResponseBody().write(said);
    }
    exchange.close();
  }

  private Answer pass(HttpExchange exchange, byte[] body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (PASSED.contains(name.toLowerCase(Locale.ROOT))) {
                request.header(name, values.get(0));
              }
            });
    try {
      HttpResponse<String> said =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      Map<String, String> headers = new HashMap<>();
      for (String name : List.of("Content-Type", "ETag")) {
        said.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
      }
      return new Answer(said.statusCode(), headers, said.body());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    front.stop(0);
    threads.shutdownNow();
  }
}

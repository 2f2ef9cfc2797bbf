package dev.headwater.kafka;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A schema registry for tests: no real one is on Maven Central, so it answers the two questions
 * that readers ask as the public documentation of Confluent's API has it ({@code /schemas/ids/ID},
 * {@code /subjects/S/versions/V}; errors with {@code error_code}), schema references included.
 */
final class SchemaRegistry implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpServer server;
  private final Map<Integer, ObjectNode> schemas = new ConcurrentHashMap<>();
  private final Map<String, Integer> subjects = new ConcurrentHashMap<>();
  private final AtomicInteger lastId = new AtomicInteger();
  final List<String> asked = java.util.Collections.synchronizedList(new ArrayList<>());
  volatile @Nullable String authorization;
  final AtomicInteger failures = new AtomicInteger();

  /** Cuts off whoever asks, without an answer. */
  volatile boolean away;

  final AtomicInteger cutOff = new AtomicInteger();

  SchemaRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Registers a schema under a subject; its references are subjects. */
  int register(String subject, String schema, String... references) {
    int id = lastId.addAndGet(257);
    ObjectNode node = JSON.createObjectNode().put("schema", schema);
    ArrayNode used = JSON.createArrayNode();
    for (String reference : references) {
      used.addObject().put("name", reference).put("subject", reference).put("version", 1);
    }
    if (references.length > 0) {
      node.set("references", used);
    }
    schemas.put(id, node);
    subjects.put(subject, id);
    return id;
  }

  /** A record as Confluent's serializers write it. */
  static byte[] framed(int id, byte[] record) {
    return ByteBuffer.allocate(5 + record.length).put((byte) 0).putInt(id).put(record).array();
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (away) {
      cutOff.incrementAndGet();
      exchange.close();
      return;
    }
    String path = exchange.getRequestURI().getPath();
    asked.add(path);
    String wanted = authorization;
    ObjectNode body = JSON.createObjectNode();
    int status = 200;
    if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      status = 503;
    } else if (wanted != null
        && !wanted.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      status = 401;
      body.put("error_code", 401).put("message", "Unauthorized");
    } else {
      String[] parts = path.split("/", -1);
      ObjectNode found =
          path.startsWith("/schemas/ids/")
              ? schemas.get(Integer.parseInt(parts[3]))
              : path.startsWith("/subjects/")
                  ? schemas.get(subjects.getOrDefault(parts[2], -1))
                  : null;
      status = found == null ? 404 : 200;
      body =
          found == null ? body.put("error_code", 40403).put("message", "Schema not found") : found;
    }
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

package dev.headwater.kafka.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.avro.AvroSchemas;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.Secrets;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry that speaks Confluent's protocol: each record begins with a zero byte and the
 * four bytes of its schema's id. Schemas are asked for once. A registry that does not answer is
 * asked again, with a warning, until patience ends; it never makes a letter.
 */
final class Registry implements AvroWriters {
  private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PREFIX = 5;
  private static final String PREFIXED = "schema.registry.";

  /** How long an id that nobody has is not asked for again. */
  private static final long REST_NANOS = Duration.ofSeconds(30).toNanos();

  private final String address;
  private final Map<String, String> properties;
  private final Duration patience;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final Map<Integer, Schema> known = new HashMap<>();
  private final Map<Integer, Long> unknown = new HashMap<>();

  private Registry(Map<String, String> properties, String address, Duration patience) {
    this.address = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    this.properties = properties;
    this.patience = patience;
  }

  /**
   * A registry.
   *
   * @param properties {@code basic.auth.user.info} (user:password) or {@code bearer.auth.token},
   *     perhaps with {@code schema.registry.} before; secrets as references under {@code .secret}
   * @param patience how long to ask one that doesn't answer
   */
  static AvroWriters.Factory of(String address, Map<String, String> properties, Duration patience) {
    TreeMap<String, String> travelling = new TreeMap<>(properties);
    return () -> open(address, travelling, patience);
  }

  private static Registry open(String address, Map<String, String> properties, Duration patience) {
    TreeMap<String, String> own = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          String name = key.startsWith(PREFIXED) ? key.substring(PREFIXED.length()) : key;
          if (name.startsWith("basic.auth.user.info") || name.startsWith("bearer.auth.token")) {
            own.put(name, value);
          }
        });
    return new Registry(Secrets.resolve("registry " + address, own), address, patience);
  }

  /**
   * The newest schema of a subject.
   *
   * @throws HeadwaterException UNREACHABLE after half a minute, DATA if there is none
   */
  static String latest(String address, Map<String, String> properties, String subject) {
    Registry registry = open(address, properties, Duration.ofSeconds(30));
    JsonNode answer = registry.get("/subjects/" + subject + "/versions/latest");
    if (answer == null || !answer.path("schemaType").asText("AVRO").equals("AVRO")) {
      throw new HeadwaterException(
          Kind.DATA,
          "The schema registry " + address + " has no Avro schema of subject " + subject + ".",
          "write a record first, or correct the topic's name.");
    }
    List<String> all = new ArrayList<>();
    registry.references(answer, all);
    all.add(answer.path("schema").asText());
    return AvroSchemas.parse(all).toString();
  }

  @Override
  public int prefix() {
    return PREFIX;
  }

  @Override
  public Schema of(byte[] data, int from, int to) {
    if (to - from < PREFIX || data[from] != 0) {
      throw new Unknown("it does not begin with a zero byte and a schema's id");
    }
    int id = 0;
    for (int i = 1; i < PREFIX; i++) {
      id = id << 8 | data[from + i] & 0xff;
    }
    Schema schema = known.get(id);
    if (schema == null) {
      schema = ask(id);
      known.put(id, schema);
    }
    return schema;
  }

  private Schema ask(int id) {
    Long since = unknown.get(id);
    if (since != null && System.nanoTime() - since < REST_NANOS) {
      throw new Unknown("the registry has no schema " + id);
    }
    JsonNode answer = get("/schemas/ids/" + id);
    if (answer == null) {
      unknown.put(id, System.nanoTime());
      throw new Unknown("the registry has no schema " + id);
    }
    String type = answer.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new Unknown("schema " + id + " is " + type + ", not Avro");
    }
    try {
      List<String> all = new ArrayList<>();
      references(answer, all);
      all.add(answer.path("schema").asText());
      return AvroSchemas.parse(all);
    } catch (SchemaParseException e) {
      throw new Unknown("schema " + id + " is no Avro schema: " + e.getMessage());
    }
  }

  /** Schemas that a schema uses, each before those that use it. */
  private void references(JsonNode schema, List<String> all) {
    for (JsonNode reference : schema.path("references")) {
      String subject =
          URLEncoder.encode(reference.path("subject").asText(), StandardCharsets.UTF_8)
              .replace("+", "%20");
      String path = "/subjects/" + subject + "/versions/" + reference.path("version").asInt();
      JsonNode used = get(path);
      if (used == null) {
        throw new Unknown("the registry has no " + path);
      }
      references(used, all);
      String text = used.path("schema").asText();
      if (!all.contains(text)) {
        all.add(text);
      }
    }
  }

  /** The answer; null if there is no such thing. */
  private @Nullable JsonNode get(String path) {
    long deadline = System.nanoTime() + patience.toNanos();
    for (long wait = 200; ; wait = Math.min(30_000, 2 * wait)) {
      String trouble;
      try {
        HttpResponse<byte[]> answer =
            client.send(request(path), HttpResponse.BodyHandlers.ofByteArray());
        int status = answer.statusCode();
        if (status == 200) {
          return JSON.readTree(answer.body());
        }
        JsonNode body = body(answer.body());
        if (status == 404 && body.has("error_code")) {
          return null;
        }
        if (status == 401 || status == 403) {
          throw new HeadwaterException(
              Kind.USAGE,
              "The schema registry " + address + " refuses us (" + status + ").",
              "set basic.auth.user.info or bearer.auth.token among the source's properties.");
        }
        trouble = "it answers " + status;
      } catch (IOException e) {
        trouble = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while asking " + address, e);
      }
      if (System.nanoTime() > deadline) {
        throw new HeadwaterException(
            Kind.UNREACHABLE,
            "The schema registry " + address + " does not answer: " + trouble + ".",
            "check the address and that it runs; the job goes on where it was.");
      }
      LOG.warn("The schema registry {} does not answer ({}); asking again", address, trouble);
      sleep(wait);
    }
  }

  private static JsonNode body(byte[] bytes) {
    try {
      JsonNode body = JSON.readTree(bytes);
      return body == null ? JSON.createObjectNode() : body;
    } catch (IOException e) {
      return JSON.createObjectNode();
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the schema registry", e);
    }
  }

  private HttpRequest request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(Duration.ofSeconds(30))
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
    String user = properties.get("basic.auth.user.info");
    String token = properties.get("bearer.auth.token");
    if (user != null) {
      byte[] bytes = user.getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
    } else if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.GET().build();
  }
}

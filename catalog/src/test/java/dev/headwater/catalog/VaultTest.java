package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server of our own that answers as Vault's API is documented to. */
final class VaultTest {
  private static final String TOKEN = "hvs.canary-token";

  @SuppressWarnings("NullAway.Init")
  private HttpServer server;

  private final List<String> asked = new ArrayList<>();
  private final Map<String, String> settings = new HashMap<>();
  private String valid = TOKEN;
  private int status = 200;
  private long now;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/", this::answer);
    server.start();
    settings.put("VAULT_ADDR", "http://localhost:" + server.getAddress().getPort());
    settings.put("VAULT_TOKEN", TOKEN);
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring("/v1/".length());
    String namespace = exchange.getRequestHeaders().getFirst("X-Vault-Namespace");
    asked.add((namespace == null ? "" : namespace + ":") + path);
    String sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String token = String.valueOf(exchange.getRequestHeaders().getFirst("X-Vault-Token"));
    if (status != 200) {
      say(exchange, status, "{\"errors\": [\"Vault is sealed\"]}");
    } else if (path.equals("auth/kubernetes/login")) {
      boolean ours =
          sent.contains("\"role\":\"flights\"") && sent.contains("\"jwt\":\"canary-jwt\"");
      valid = "hvs.canary-" + asked.size();
      say(
          exchange,
          ours ? 200 : 400,
          ours
              ? "{\"auth\": {\"client_token\": \"" + valid + "\", \"lease_duration\": 3600}}"
              : "{\"errors\": [\"invalid role name \\\"other\\\"\"]}");
    } else if (!token.equals(valid)) {
      say(exchange, 403, "{\"errors\": [\"2 errors occurred:\\n\\t* permission denied\"]}");
    } else {
      switch (path) {
        case "secret/data/acme/pg" ->
            say(
                exchange,
                200,
                "{\"data\": {\"data\": {\"password\": \"canary\", \"port\": 5432, \"more\": {}},"
                    + " \"metadata\": {\"version\": 3, \"destroyed\": false}}}");
        case "kv/pg" -> say(exchange, 200, "{\"data\": {\"password\": \"of version one\"}}");
        case "secret/acme/pg" ->
            say(
                exchange,
                404,
                "{\"errors\": [], \"warnings\": [\"Invalid path for a versioned K/V secrets engine."
                    + " See the API docs\"]}");
        default -> say(exchange, 404, "{\"errors\": []}");
      }
    }
  }

  private static void say(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private Vault vault() {
    return new Vault(new VaultClient(settings), () -> now);
  }

  @Test
  void readsFieldsOfBothVersionsOfTheEngine() {
    settings.put("VAULT_NAMESPACE", "team");
    Vault vault = vault();
    assertThat(vault.secret("secret/data/acme/pg#password")).isEqualTo("canary");
    assertThat(vault.secret("secret/data/acme/pg#port")).isEqualTo("5432");
    assertThat(vault.secret("kv/pg#password")).isEqualTo("of version one");
    // Both fields are of one answer, for a minute.
    assertThat(asked).containsExactly("team:secret/data/acme/pg", "team:kv/pg");
    now = Duration.ofSeconds(61).toNanos();
    vault.secret("kv/pg#password");
    assertThat(asked).hasSize(3);
    assertThat(vault).hasToString("vault");
  }

  @Test
  void aPodLogsInByItsServiceAccountAndAgainWhenThatHasEnded(@TempDir Path folder)
      throws IOException {
    settings.remove("VAULT_TOKEN");
    settings.put("HEADWATER_VAULT_ROLE", "flights");
    Path jwt = Files.writeString(folder.resolve("token"), "canary-jwt\n");
    settings.put("HEADWATER_VAULT_JWT", jwt.toString());
    Vault vault = vault();
    assertThat(vault.secret("kv/pg#password")).isEqualTo("of version one");
    valid = "another";
    assertThat(vault.secret("secret/data/acme/pg#password")).isEqualTo("canary");
    assertThat(asked)
        .containsExactly(
            "auth/kubernetes/login",
            "kv/pg",
            "secret/data/acme/pg",
            "auth/kubernetes/login",
            "secret/data/acme/pg");
    settings.put("HEADWATER_VAULT_ROLE", "other");
    tells("kv/pg#password", 2, "refuses the login as role 'other' at auth/kubernetes", "Bind");
    settings.put("HEADWATER_VAULT_JWT", folder.resolve("none").toString());
    tells("kv/pg#password", 2, "none, to log in to Vault with, cannot be read", "Mount it");
  }

  @Test
  void whatDoesNotResolveIsOneErrorWithACure() {
    tells("secret/data/none#x", 2, "Vault has no secret secret/data/none", "correct the path");
    tells("secret/acme/pg#password", 2, "its engine is of version 2", "Write data/ behind");
    tells("secret/data/acme/pg#user", 2, "has no field 'user' that is a text", "follows the #");
    tells("secret/data/acme/pg#more", 2, "has no field 'more'", "follows the #");
    for (String wrong :
        List.of(
            "secret/data/acme/pg", "a/../b#c", "/a#b", "a/#b", "a%2fb#c", "a?x=1#b", "a//b#c")) {
      tells(wrong, 2, "'vault/" + wrong + "' names no secret", "MOUNT/data/PATH#FIELD");
    }
    assertThat(asked).hasSize(4);
    status = 503;
    tells("kv/pg#password", 5, " answered 503", "unsealed");
    status = 200;
    settings.put("VAULT_TOKEN", "hvs.canary-of-yesterday");
    tells("kv/pg#password", 2, "does not let this token read kv/pg", "path \"kv/pg\" {");
    server.stop(0);
    tells("kv/pg#password", 5, " does not answer", "vault status");
    settings.put("VAULT_ADDR", "http://vault.example.com:8200");
    tells("kv/pg#password", 2, "would be read by others", "https://");
    settings.remove("VAULT_ADDR");
    tells("kv/pg#password", 2, "Nobody says where Vault is", "VAULT_ADDR");
  }

  /** Without anything of tokens, accounts and secrets, however deep one looks. */
  private void tells(String path, int exitStatus, String what, String fix) {
    HeadwaterException e =
        catchThrowableOfType(HeadwaterException.class, () -> vault().secret(path));
    assertThat(e.kind().exitStatus()).isEqualTo(exitStatus);
    assertThat(e.what()).contains(what);
    assertThat(e.fix()).contains(fix);
    StringWriter all = new StringWriter();
    e.printStackTrace(new PrintWriter(all));
    assertThat(all.toString()).doesNotContain("canary");
  }

  @Test
  void othersStoresAreFoundAndWhatTheySayIsNotTrusted() {
    assertThat(Secrets.secret("x", "lent/a/b")).isEqualTo("of a/b");
    HeadwaterException e =
        catchThrowableOfType(
            HeadwaterException.class, () -> Secrets.secret("topic 'clicks'", "lent/broken"));
    assertThat(e)
        .hasMessageContaining(
            "The secret store 'lent' failed with java.lang.IllegalStateException; topic 'clicks'"
                + " needs it.")
        .hasNoCause();
    assertThat(Secrets.complaint("vault/a#b")).isNull();
    assertThat(Secrets.complaint("hunter2"))
        .isEqualTo(
            "what stands there is no reference. Write env/NAME, file/PATH or vault/PATH#FIELD; there is"
                + " lent too");
    assertThat(Secrets.complaint("valt/a#b")).startsWith("there is no secret store 'valt'. Write");
  }
}

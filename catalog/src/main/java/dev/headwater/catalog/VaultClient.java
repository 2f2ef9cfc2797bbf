package dev.headwater.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Speaks with one Vault server. What it is told by: {@code VAULT_ADDR}, {@code VAULT_TOKEN} or
 * {@code ~/.vault-token}, {@code VAULT_NAMESPACE}, {@code VAULT_CACERT}, as Vault's own command;
 * and {@code HEADWATER_VAULT_ROLE}, with which it logs in by the pod's service account ({@code
 * HEADWATER_VAULT_AUTH}: where that method is mounted, {@code HEADWATER_VAULT_JWT}: the account's
 * file). No answer and no token gets into a message; redirections are not followed, so the token
 * goes nowhere else.
 */
final class VaultClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/token";

  private final Map<String, String> settings;
  private @Nullable HttpClient http;
  private @Nullable String login;
  private long loginEnds;

  VaultClient(Map<String, String> settings) {
    this.settings = settings;
  }

  /**
   * The data of a secret.
   *
   * @param path below {@code /v1/}
   */
  JsonNode read(String path) {
    HttpResponse<String> answer = get(path);
    if (answer.statusCode() == 403 && settings.containsKey("HEADWATER_VAULT_ROLE")) {
      // What was logged in to may have been revoked.
      loginEnds = 0;
      answer = get(path);
    }
    return switch (answer.statusCode()) {
      case 200 -> json(answer).path("data");
      case 403 ->
          throw wrong(
              "Vault does not let this token read %s.".formatted(path),
              "Give its policy: path \"%s\" { capabilities = [\"read\"] }, or look whether the token"
                      .formatted(path)
                  + " has ended: vault token lookup.");
      case 404 ->
          throw json(answer).path("warnings").toString().contains("versioned K/V")
              ? wrong(
                  "Vault has no secret by the path %s: its engine is of version 2.".formatted(path),
                  "Write data/ behind the engine's mount: vault/secret/data/acme/pg#password.")
              : wrong(
                  "Vault has no secret %s.".formatted(path),
                  "Write it there, or correct the path; that of a KV engine of version 2 has data/"
                      + " behind the mount.");
      default -> throw silent("answered %d".formatted(answer.statusCode()), null);
    };
  }

  private HttpResponse<String> get(String path) {
    HttpRequest.Builder request = request(path).header("X-Vault-Token", token()).GET();
    return send(request);
  }

  private synchronized String token() {
    String given = settings.get("VAULT_TOKEN");
    if (given != null && !given.isBlank()) {
      return given;
    }
    String role = settings.get("HEADWATER_VAULT_ROLE");
    if (role != null) {
      String known = login;
      return known != null && System.nanoTime() < loginEnds ? known : login(role);
    }
    Path file = Path.of(System.getProperty("user.home", "."), ".vault-token");
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw wrong(
          "There is no token for Vault.",
          "Set VAULT_TOKEN, or HEADWATER_VAULT_ROLE in a pod, or write " + file + ": vault login.");
    }
  }

  private String login(String role) {
    String mount = settings.getOrDefault("HEADWATER_VAULT_AUTH", "kubernetes");
    String file = settings.getOrDefault("HEADWATER_VAULT_JWT", ACCOUNT);
    String body;
    try {
      String jwt = Files.readString(Path.of(file)).strip();
      body = JSON.createObjectNode().put("role", role).put("jwt", jwt).toString();
    } catch (IOException e) {
      throw wrong(
          "The service account's token %s, to log in to Vault with, cannot be read."
              .formatted(file),
          "Mount it, or name its file in HEADWATER_VAULT_JWT.");
    }
    HttpResponse<String> answer =
        send(
            request("auth/" + mount + "/login")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    JsonNode auth = answer.statusCode() == 200 ? json(answer).path("auth") : JSON.nullNode();
    if (!auth.path("client_token").isTextual()) {
      throw answer.statusCode() >= 500
          ? silent("answered %d".formatted(answer.statusCode()), null)
          : wrong(
              "Vault refuses the login as role '%s' at auth/%s.".formatted(role, mount),
              "Bind the role to this pod's service account and namespace.");
    }
    // Again before it ends; a request in between is still within it.
    long seconds = Math.max(1, auth.path("lease_duration").asLong(60) * 2 / 3);
    loginEnds = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    String token = auth.path("client_token").asText();
    login = token;
    return token;
  }

  private HttpRequest.Builder request(String path) {
    String address = settings.get("VAULT_ADDR");
    if (address == null || address.isBlank()) {
      throw wrong("Nobody says where Vault is.", "Set VAULT_ADDR: https://vault.example.com:8200.");
    }
    if (!address.matches("https://.+|http://(localhost|127[.][\\d.]+|\\[::1])(:\\d+)?/?")) {
      throw wrong(
          "Secrets of Vault at %s would be read by others on the way.".formatted(address),
          "Set VAULT_ADDR to an address that begins with https://, or to an agent on localhost.");
    }
    String at = address.replaceFirst("/+$", "") + "/v1/" + path.replace(" ", "%20");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(at)).timeout(PATIENCE).header("X-Vault-Request", "true");
    String namespace = settings.get("VAULT_NAMESPACE");
    return namespace == null ? request : request.header("X-Vault-Namespace", namespace);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http().send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw silent("does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw silent("was not waited for", e);
    }
  }

  private synchronized HttpClient http() {
    if (http == null) {
      HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
      String authority = settings.get("VAULT_CACERT");
      http = (authority == null ? builder : builder.sslContext(trusting(authority))).build();
    }
    return http;
  }

  private static SSLContext trusting(String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("ca" + trusted.size(), c);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new HeadwaterException(
          Kind.USAGE,
          "The certificates in %s (VAULT_CACERT) cannot be read.".formatted(file),
          "Write them there in PEM.",
          e);
    }
  }

  private static JsonNode json(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      return JSON.nullNode();
    }
  }

  private static HeadwaterException wrong(String what, String fix) {
    return new HeadwaterException(Kind.USAGE, what, fix);
  }

  private HeadwaterException silent(String how, @Nullable Throwable cause) {
    return new HeadwaterException(
        Kind.UNREACHABLE,
        "Vault at %s %s.".formatted(settings.get("VAULT_ADDR"), how),
        "Look whether it runs and is unsealed: vault status.",
        cause);
  }
}

package dev.headwater.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Secrets of HashiCorp Vault, by its HTTP API: {@code vault/secret/data/acme/pg#password} is the
 * field "password" of the secret "acme/pg" in the KV engine (version 2) that is mounted at
 * "secret"; engines of version 1 have no {@code data/}. A secret is kept for a minute, so that its
 * fields are of one version and connections don't wait.
 */
final class Vault implements SecretStore {
  private static final Pattern PATH = Pattern.compile("([\\w./ -]+)#([\\w. -]+)");
  private static final Duration KEPT = Duration.ofMinutes(1);

  private final VaultClient client;
  private final LongSupplier clock;
  private final Map<String, Read> known = new ConcurrentHashMap<>();

  private record Read(JsonNode fields, long at) {}

  /**
   * @param clock nanoseconds
   */
  Vault(VaultClient client, LongSupplier clock) {
    this.client = client;
    this.clock = clock;
  }

  /** As this process's variables say, which are those of Vault's own command. */
  static Vault ofThisProcess() {
    return new Vault(new VaultClient(System.getenv()), System::nanoTime);
  }

  @Override
  public String scheme() {
    return "vault";
  }

  @Override
  public String secret(String text) {
    Matcher m = PATH.matcher(text);
    if (!m.matches() || ("/" + m.group(1) + "/").matches(".*/(|[.]|[.][.])/.*")) {
      throw new HeadwaterException(
          Kind.USAGE,
          "'vault/%s' names no secret of Vault.".formatted(text),
          "Write vault/MOUNT/data/PATH#FIELD.");
    }
    String path = m.group(1);
    String field = m.group(2);
    JsonNode value = fields(path).get(field);
    if (value == null || !value.isValueNode() || value.isNull()) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Vault's secret %s has no field '%s' that is a text.".formatted(path, field),
          "Write it there, or correct what follows the #.");
    }
    return value.asText();
  }

  private JsonNode fields(String path) {
    long now = clock.getAsLong();
    Read read = known.get(path);
    if (read == null || now - read.at() > KEPT.toNanos()) {
      JsonNode data = client.read(path);
      boolean versioned = data.path("metadata").isObject() && data.has("data");
      read = new Read(versioned ? data.get("data") : data, now);
      known.put(path, read);
    }
    return read.fields();
  }

  /** Only what it is: not what it has read. */
  @Override
  public String toString() {
    return "vault";
  }
}

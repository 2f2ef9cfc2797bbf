package dev.headwater.lineage;

import com.fasterxml.jackson.core.type.TypeReference;
import io.openlineage.client.OpenLineageClientException;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.OpenLineageConfig;
import io.openlineage.client.job.JobConfig;
import io.openlineage.client.transports.ApiKeyTokenProvider;
import io.openlineage.client.transports.HttpConfig;
import io.openlineage.client.transports.TransportConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a user wants events to go, found as OpenLineage's own clients find it.
 *
 * <ol>
 *   <li>OPENLINEAGE_DISABLED=true: nowhere;
 *   <li>the first {@code openlineage.yml}: that of OPENLINEAGE_CONFIG, the project's folder, the
 *       current one, {@code ~/.openlineage};
 *   <li>OPENLINEAGE__TRANSPORT__TYPE and its like;
 *   <li>OPENLINEAGE_URL, with OPENLINEAGE_ENDPOINT and OPENLINEAGE_API_KEY;
 *   <li>nowhere: events stay in the journal.
 * </ol>
 */
public final class ClientSettings {
  private static final String FILE = "openlineage.yml";

  private final String origin;
  private final @Nullable TransportConfig transport;
  private final @Nullable String namespace;
  private final Added added;

  private ClientSettings(
      String origin, @Nullable TransportConfig transport, @Nullable String namespace, Added added) {
    this.origin = origin;
    this.transport = transport;
    this.namespace = namespace;
    this.added = added;
  }

  /**
   * Reads this process's environment and files.
   *
   * @param project the project's folder
   * @throws LineageException when a file or a variable is there but cannot be understood
   */
  public static ClientSettings read(Path project) {
    List<Path> folders = new ArrayList<>();
    folders.add(project);
    folders.add(Path.of(System.getProperty("user.dir", ".")));
    folders.add(Path.of(System.getProperty("user.home", "."), ".openlineage"));
    return read(System.getenv(), folders);
  }

  static ClientSettings read(Map<String, String> environment, List<Path> folders) {
    String namespace = environment.get("OPENLINEAGE_NAMESPACE");
    if (Boolean.parseBoolean(environment.get("OPENLINEAGE_DISABLED"))) {
      return new ClientSettings("OPENLINEAGE_DISABLED", null, namespace, Added.NOTHING);
    }
    List<Path> files = new ArrayList<>();
    if (environment.get("OPENLINEAGE_CONFIG") != null) {
      files.add(Path.of(environment.get("OPENLINEAGE_CONFIG")));
    }
    folders.forEach(folder -> files.add(folder.resolve(FILE)));
    for (Path file : files) {
      if (Files.exists(file)) {
        OpenLineageConfig<?> config = load(file);
        if (config.getTransportConfig() != null) {
          return of(file.toString(), config, namespace);
        }
      }
    }
    if (environment.keySet().stream().anyMatch(k -> k.startsWith("OPENLINEAGE__TRANSPORT"))) {
      return of("OPENLINEAGE__TRANSPORT__*", variables(), namespace);
    }
    String url = environment.get("OPENLINEAGE_URL");
    if (url != null && !url.isBlank()) {
      return new ClientSettings(
          "OPENLINEAGE_URL", http(url.strip(), environment), namespace, Added.NOTHING);
    }
    return new ClientSettings(
        "no openlineage.yml and no OPENLINEAGE_URL", null, namespace, Added.NOTHING);
  }

  /** Opens the way to the server; empty where none is wanted. */
  public Optional<Destination> open() {
    return transport == null ? Optional.empty() : Optional.of(Destinations.open(transport, origin));
  }

  /** The jobs' namespace, where the user gave one. */
  public Optional<String> namespace() {
    return Optional.ofNullable(namespace);
  }

  /** What the user has added to all events. */
  public Added added() {
    return added;
  }

  /** Where the settings stand: a file, or the name of a variable. */
  public String origin() {
    return origin;
  }

  private static ClientSettings of(
      String origin, OpenLineageConfig<?> config, @Nullable String namespace) {
    String configured = config.getJobConfig() == null ? null : config.getJobConfig().getNamespace();
    return new ClientSettings(
        origin,
        config.getTransportConfig(),
        namespace != null ? namespace : configured,
        added(config));
  }

  private static Added added(OpenLineageConfig<?> config) {
    Map<String, String> owners = new HashMap<>();
    Map<String, String> tags = new HashMap<>();
    JobConfig job = config.getJobConfig();
    if (job != null && job.getOwners() != null) {
      // There a role has a name; an owner is who has it.
      job.getOwners().getAdditionalProperties().forEach((role, name) -> owners.put(name, role));
    }
    if (job != null && job.getTags() != null) {
      job.getTags().forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
    }
    String[] variables =
        config.getFacetsConfig() == null
            ? null
            : config.getFacetsConfig().getCustomEnvironmentVariables();
    return new Added(variables == null ? Set.of() : Set.of(variables), owners, tags);
  }

  private static OpenLineageConfig<?> load(Path file) {
    try {
      return OpenLineageClientUtils.loadOpenLineageConfigYaml(
          () -> List.of(file), new TypeReference<OpenLineageConfig<?>>() {});
    } catch (OpenLineageClientException | IllegalArgumentException e) {
      throw new LineageException(
          "Cannot understand " + file + ": " + Redaction.text(rootMessage(e)) + ".",
          "write it as OpenLineage's Java client reads it, for example transport: {type: http,"
              + " url: http://localhost:5000}.",
          e);
    }
  }

  private static OpenLineageConfig<?> variables() {
    try {
      return OpenLineageClientUtils.loadOpenLineageConfigFromEnvVars(
          new TypeReference<OpenLineageConfig<?>>() {});
    } catch (OpenLineageClientException | IllegalArgumentException e) {
      throw new LineageException(
          "Cannot understand the variables OPENLINEAGE__*: " + Redaction.text(rootMessage(e)) + ".",
          "set OPENLINEAGE__TRANSPORT__TYPE=http and OPENLINEAGE__TRANSPORT__URL, or"
              + " OPENLINEAGE_URL alone.",
          e);
    }
  }

  private static HttpConfig http(String url, Map<String, String> environment) {
    HttpConfig config = new HttpConfig();
    try {
      config.setUrl(URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url));
    } catch (IllegalArgumentException e) {
      throw new LineageException(
          "OPENLINEAGE_URL is not a URL: " + Redaction.uri(url) + ".",
          "set it to the server's address, for example http://localhost:5000.",
          e);
    }
    String endpoint = environment.get("OPENLINEAGE_ENDPOINT");
    if (endpoint != null && !endpoint.isBlank()) {
      config.setEndpoint(endpoint);
    }
    String key = environment.get("OPENLINEAGE_API_KEY");
    if (key != null && !key.isBlank()) {
      ApiKeyTokenProvider provider = new ApiKeyTokenProvider();
      provider.setApiKey(key);
      config.setAuth(provider);
    }
    return config;
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage() == null ? root.toString() : root.getMessage();
    int line = message.indexOf('\n');
    return line < 0 ? message : message.substring(0, line);
  }
}

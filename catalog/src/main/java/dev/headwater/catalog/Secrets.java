package dev.headwater.catalog;

import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts secrets in the place of their references, {@code store/path}, where the connection is made
 * and not before.
 */
public final class Secrets {
  private static final List<SecretStore> OURS =
      List.of(new Variables(), new SecretFiles(), Vault.ofThisProcess());

  private Secrets() {}

  static Map<String, String> resolve(CatalogConfig config) {
    return resolve("catalog '" + config.name() + "'", config.properties());
  }

  /**
   * The properties, with a secret under its name for each reference under that name and {@link
   * CatalogConfig#SECRET_SUFFIX}.
   *
   * @param who has them, for the message if there is nothing: "catalog 'prod'"
   * @throws HeadwaterException USAGE if there is no such secret, UNREACHABLE if its store does not
   *     answer
   */
  public static Map<String, String> resolve(String who, Map<String, String> properties) {
    Map<String, String> resolved = new HashMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.endsWith(CatalogConfig.SECRET_SUFFIX)) {
            String name = key.substring(0, key.length() - CatalogConfig.SECRET_SUFFIX.length());
            resolved.put(name, secret("%s (%s)".formatted(who, key), value));
          } else {
            resolved.putIfAbsent(key, value);
          }
        });
    return resolved;
  }

  /**
   * What a reference stands for.
   *
   * @param who for the message if there is nothing: "catalog 'prod' (jdbc.password.secret)"
   */
  public static String secret(String who, String reference) {
    int slash = reference.indexOf('/');
    SecretStore store = slash < 0 ? null : store(reference.substring(0, slash)).orElse(null);
    if (store == null) {
      throw new HeadwaterException(
          Kind.USAGE, "The secret of %s is no reference.".formatted(who), written());
    }
    try {
      return store.secret(reference.substring(slash + 1));
    } catch (HeadwaterException e) {
      String what = e.what().replaceFirst("[.]$", "");
      throw new HeadwaterException(
          e.kind(), "%s; %s needs it.".formatted(what, who), e.fix(), e.getCause());
    } catch (RuntimeException e) {
      // What somebody else's code says, and what caused it, may have the secret in it.
      throw new HeadwaterException(
          Kind.FAILED,
          "The secret store '%s' failed with %s; %s needs it."
              .formatted(store.scheme(), e.getClass().getName(), who),
          "Look at " + store.getClass().getName() + ".");
    }
  }

  /**
   * Why a text is no reference to a secret, and how to write one; null if it is one. What is none
   * may be the secret itself, and is not told.
   */
  public static @Nullable String complaint(String text) {
    int slash = text.indexOf('/');
    String scheme = text.substring(0, Math.max(0, slash));
    if (!scheme.matches("[a-z][a-z0-9-]{0,19}") || slash == text.length() - 1) {
      return "what stands there is no reference. " + written();
    }
    return store(scheme).isPresent()
        ? null
        : "there is no secret store '" + scheme + "'. " + written();
  }

  private static String written() {
    TreeSet<String> others = new TreeSet<>();
    found().map(SecretStore::scheme).forEach(others::add);
    OURS.forEach(store -> others.remove(store.scheme()));
    return "Write env/NAME, file/PATH or vault/PATH#FIELD"
        + (others.isEmpty() ? "" : "; there is " + String.join(", ", others) + " too");
  }

  private static Optional<SecretStore> store(String scheme) {
    return Stream.concat(OURS.stream(), found()).filter(s -> s.scheme().equals(scheme)).findFirst();
  }

  /** Not kept: what is on a worker's class path is another job's tomorrow. */
  private static Stream<SecretStore> found() {
    return ServiceLoader.load(SecretStore.class).stream().map(ServiceLoader.Provider::get);
  }

  /** {@code env/NAME}. */
  private static final class Variables implements SecretStore {
    @Override
    public String scheme() {
      return "env";
    }

    @Override
    public String secret(String variable) {
      String value = System.getenv(variable);
      if (value == null) {
        throw new HeadwaterException(
            Kind.USAGE,
            "The environment variable %s is not set.".formatted(variable),
            "Set it, and run again.");
      }
      return value;
    }
  }

  /** {@code file/PATH}, without spaces and line ends around. */
  private static final class SecretFiles implements SecretStore {
    @Override
    public String scheme() {
      return "file";
    }

    @Override
    public String secret(String path) {
      try {
        return Files.readString(Path.of(path)).strip();
      } catch (IOException | InvalidPathException e) {
        throw new HeadwaterException(
            Kind.USAGE,
            "The file %s cannot be read.".formatted(path),
            "Write the secret there, readable for this user.",
            e);
      }
    }
  }
}

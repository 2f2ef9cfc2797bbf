package dev.headwater.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Puts secrets in the place of their references, where the connection is made and not before. */
public final class Secrets {
  private static final String ENV = "env/";
  private static final String FILE = "file/";

  private Secrets() {}

  static Map<String, String> resolve(CatalogConfig config) {
    return resolve("catalog '" + config.name() + "'", config.properties());
  }

  /**
   * The properties, with a secret under its name for each reference under that name and {@link
   * CatalogConfig#SECRET_SUFFIX}.
   *
   * @param who has them, for the message if there is nothing: "catalog 'prod'"
   * @throws HeadwaterException USAGE if there is no such secret
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
    if (reference.startsWith(ENV)) {
      String variable = reference.substring(ENV.length());
      String value = System.getenv(variable);
      if (value == null) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "The environment variable %s is not set; %s needs it.".formatted(variable, who),
            "Set it, and run again.");
      }
      return value;
    }
    if (reference.startsWith(FILE)) {
      Path file = Path.of(reference.substring(FILE.length()));
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "The file %s cannot be read; %s needs it.".formatted(file, who),
            "Write the secret there, readable for this user.",
            e);
      }
    }
    throw new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        "The secret of %s is no reference.".formatted(who),
        "Write env/NAME or file/PATH.");
  }
}

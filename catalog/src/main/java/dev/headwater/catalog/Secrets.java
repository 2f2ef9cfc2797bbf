package dev.headwater.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Puts secrets in the place of their references, where the connection is made and not before. */
final class Secrets {
  private static final String ENV = "env/";
  private static final String FILE = "file/";

  private Secrets() {}

  static Map<String, String> resolve(CatalogConfig config) {
    Map<String, String> resolved = new HashMap<>();
    config
        .properties()
        .forEach(
            (key, value) -> {
              if (key.endsWith(CatalogConfig.SECRET_SUFFIX)) {
                String name = key.substring(0, key.length() - CatalogConfig.SECRET_SUFFIX.length());
                resolved.put(name, secret(config, key, value));
              } else {
                resolved.putIfAbsent(key, value);
              }
            });
    return resolved;
  }

  private static String secret(CatalogConfig config, String key, String reference) {
    if (reference.startsWith(ENV)) {
      String variable = reference.substring(ENV.length());
      String value = System.getenv(variable);
      if (value == null) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "Catalog '%s' needs the environment variable %s (%s), which is not set."
                .formatted(config.name(), variable, key),
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
            "Catalog '%s' needs the file %s (%s), which cannot be read."
                .formatted(config.name(), file, key),
            "Write the secret there, readable for this user.",
            e);
      }
    }
    throw new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        "Catalog '%s' has a secret that is no reference (%s).".formatted(config.name(), key),
        "Write env/NAME or file/PATH.");
  }
}

package dev.headwater.pipelines.project;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.Secrets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * Properties that a project passes on under their owner's names (Iceberg's, Kafka's); a secret as a
 * reference, its key with {@link CatalogConfig#SECRET_SUFFIX}.
 */
final class Properties {
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i).*(password|secret|secret-access-key|token|credential|authorization|jaas[.]config"
              + "|keystore[.]key|user[.]info)");

  private Properties() {}

  /** Reads one: a text, or {@code {secret: env/NAME}}. */
  static void read(Section section, String key, Map<String, String> into) {
    if (section.isSection(key)) {
      Section reference = Objects.requireNonNull(section.section(key));
      String where = reference.required("secret", "env/PG_PASSWORD");
      reference.end();
      if (where != null) {
        into.put(key + CatalogConfig.SECRET_SUFFIX, where);
      }
      return;
    }
    String value = section.text(key);
    if (value != null) {
      into.put(key, value);
    }
  }

  /** Tells which are secrets that are written out, and references that are none, by key. */
  static void secrets(Map<String, String> properties, BiConsumer<String, String> problem) {
    properties.forEach(
        (key, value) -> {
          if (key.endsWith(CatalogConfig.SECRET_SUFFIX)) {
            String complaint = Secrets.complaint(value);
            if (complaint != null) {
              problem.accept(plain(key) + ".secret", complaint);
            }
          } else if (SECRET.matcher(key).matches() || value.startsWith("env:")) {
            problem.accept(
                key, "is a secret. Write " + key + ": {secret: env/NAME}, and set that variable");
          }
        });
  }

  /** As they are written in the file. */
  static Map<String, Object> form(Map<String, String> properties) {
    Map<String, Object> form = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.endsWith(CatalogConfig.SECRET_SUFFIX)) {
            form.put(plain(key), Map.of("secret", value));
          } else {
            form.put(key, value);
          }
        });
    return form;
  }

  private static String plain(String key) {
    return key.substring(0, key.length() - CatalogConfig.SECRET_SUFFIX.length());
  }
}

package dev.headwater.pipelines.connect;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A catalog as another tool opens it.
 *
 * @param name what its tables are kept under
 * @param properties Iceberg's own, without ours and without secrets
 * @param secrets by property: where each is, {@code env/PG_PASSWORD}
 */
record Connection(String name, Map<String, String> properties, Map<String, String> secrets) {
  static Connection of(CatalogConfig config) {
    Map<String, String> plain = new LinkedHashMap<>();
    Map<String, String> secrets = new LinkedHashMap<>();
    new TreeMap<>(config.properties())
        .forEach(
            (key, value) -> {
              if (key.endsWith(CatalogConfig.SECRET_SUFFIX)) {
                String of = key.substring(0, key.length() - CatalogConfig.SECRET_SUFFIX.length());
                secrets.put(of, value);
              } else if (!key.startsWith("headwater.") && !key.equals(CatalogConfig.NAME_INSIDE)) {
                plain.put(key, value);
              }
            });
    String name = config.properties().getOrDefault(CatalogConfig.NAME_INSIDE, config.name());
    return new Connection(name, plain, secrets);
  }

  boolean rest() {
    return properties.getOrDefault(CatalogConfig.TYPE, "").equals("rest");
  }

  boolean sqlite() {
    return uri().startsWith("jdbc:sqlite:");
  }

  boolean postgresql() {
    return uri().startsWith("jdbc:postgresql:");
  }

  String uri() {
    return properties.getOrDefault(CatalogConfig.URI, "");
  }

  String get(String property) {
    return properties.getOrDefault(property, "");
  }

  /** What is neither the catalog's place nor its driver's: the files', the server's. */
  Map<String, String> others() {
    Map<String, String> others = new LinkedHashMap<>(properties);
    others.keySet().removeIf(key -> key.startsWith("jdbc."));
    for (String key :
        new String[] {
          CatalogConfig.TYPE, CatalogConfig.IMPL, CatalogConfig.URI, CatalogConfig.WAREHOUSE
        }) {
      others.remove(key);
    }
    return others;
  }

  /** The tool has no such catalog. */
  HeadwaterException refused(String tool, String fix) {
    String kind =
        sqlite()
            ? "SQLite"
            : properties.getOrDefault(
                CatalogConfig.IMPL, properties.getOrDefault(CatalogConfig.TYPE, "JDBC"));
    return new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        tool + " opens no catalog of this kind: '" + name + "' is " + kind + ".",
        fix);
  }
}

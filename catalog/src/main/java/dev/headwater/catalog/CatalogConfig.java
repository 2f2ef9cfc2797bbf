package dev.headwater.catalog;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Where a catalog is and how to reach it, in Iceberg's own property names: {@code uri} (a JDBC
 * URL), {@code warehouse} (an absolute {@code file:} location), {@code jdbc.*} for the driver. It
 * travels to workers, so a secret is best carried as a reference, under its property's name and
 * {@code .secret}: {@code jdbc.password.secret = env/PG_PASSWORD} or {@code file//run/secrets/pg}.
 */
public record CatalogConfig(String name, Map<String, String> properties) implements Serializable {
  public static final String URI = "uri";
  public static final String WAREHOUSE = "warehouse";
  public static final String USER = "jdbc.user";
  public static final String PASSWORD = "jdbc.password";

  /** Ends the name of a property whose value says where a secret is, not what it is. */
  public static final String SECRET_SUFFIX = ".secret";

  public CatalogConfig {
    Objects.requireNonNull(name);
    properties = Map.copyOf(properties);
  }

  /** SQLite in {@code directory/catalog.db}, tables in {@code directory/warehouse}. */
  public static CatalogConfig embedded(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    return new CatalogConfig(
        TableRef.DEFAULT_CATALOG,
        Map.of(
            URI,
            "jdbc:sqlite:" + absolute.resolve("catalog.db"),
            WAREHOUSE,
            LocalFileIO.location(absolute.resolve("warehouse"))));
  }

  /** A PostgreSQL database, tables in a directory that every worker sees at the same path. */
  public static CatalogConfig postgresql(String name, String uri, Path warehouse) {
    return new CatalogConfig(
        name, Map.of(URI, uri, WAREHOUSE, LocalFileIO.location(warehouse.toAbsolutePath())));
  }

  /** This one with another property. */
  public CatalogConfig with(String property, String value) {
    Map<String, String> more = new HashMap<>(properties);
    more.put(property, value);
    return new CatalogConfig(name, more);
  }

  /** What the catalog is, for messages: scheme, host and database; never a parameter or a user. */
  public String where() {
    String uri = properties.getOrDefault(URI, "a catalog without a uri");
    int end = uri.length();
    for (char c : new char[] {'?', ';'}) {
      int at = uri.indexOf(c);
      end = at >= 0 ? Math.min(end, at) : end;
    }
    return uri.substring(0, end).replaceAll("//[^/@]*@", "//");
  }

  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>();
    shown.put(URI, where());
    properties.forEach(
        (key, value) -> {
          if (key.equals(WAREHOUSE) || key.endsWith(SECRET_SUFFIX)) {
            shown.put(key, value);
          } else if (!key.equals(URI)) {
            shown.put(key, "…");
          }
        });
    return name + shown;
  }
}

package dev.headwater.catalog;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Where a catalog is and how to reach it, in Iceberg's own property names: {@code type} or {@code
 * catalog-impl}, {@code uri}, {@code warehouse}, {@code io-impl}, and whatever else the catalog,
 * its files and the driver ({@code jdbc.*}) know. It travels to workers, so a secret is best
 * carried as a reference, under its property's name and {@code .secret}: {@code
 * jdbc.password.secret = env/PG_PASSWORD} or {@code file//run/secrets/pg}.
 */
public record CatalogConfig(String name, Map<String, String> properties) implements Serializable {
  public static final String TYPE = "type";
  public static final String IMPL = "catalog-impl";
  public static final String URI = "uri";
  public static final String WAREHOUSE = "warehouse";
  public static final String USER = "jdbc.user";
  public static final String PASSWORD = "jdbc.password";

  /** {@code read}: nothing in this catalog is ever changed from here; otherwise {@code write}. */
  public static final String ACCESS = "headwater.access";

  /**
   * Under which name a JDBC database has the tables: it can hold several catalogs. Iceberg takes
   * whatever name its user has for the catalog; those of a project are "default".
   */
  public static final String NAME_INSIDE = "catalog-name";

  /** Begins the names that are ours, not Iceberg's. */
  static final String OURS = "headwater.";

  /** Ends the name of a property whose value says where a secret is, not what it is. */
  public static final String SECRET_SUFFIX = ".secret";

  private static final String STOCK_JDBC = "org.apache.iceberg.jdbc.JdbcCatalog";

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

  /** A server that speaks Iceberg's REST protocol. */
  public static CatalogConfig rest(String name, String uri) {
    return new CatalogConfig(name, Map.of(TYPE, "rest", URI, uri));
  }

  /** This one with another property. */
  public CatalogConfig with(String property, String value) {
    Map<String, String> more = new HashMap<>(properties);
    more.put(property, value);
    return new CatalogConfig(name, more);
  }

  /** The same catalog under another name, only read. */
  public CatalogConfig readAs(String other) {
    return new CatalogConfig(other, properties)
        .with(NAME_INSIDE, nameInside())
        .with(ACCESS, "read");
  }

  String nameInside() {
    return properties.getOrDefault(NAME_INSIDE, name);
  }

  /** Whether it is a JDBC database, which can hold the registry too. */
  public boolean jdbc() {
    String impl = properties.get(IMPL);
    return impl == null
        ? properties.getOrDefault(TYPE, "jdbc").equals("jdbc")
        : impl.equals(STOCK_JDBC);
  }

  /** {@code jdbc}, {@code rest}, or what else the catalog is to Iceberg. */
  public String kind() {
    return jdbc() ? "jdbc" : properties.getOrDefault(TYPE, properties.getOrDefault(IMPL, ""));
  }

  /** Whether its tables are only read from here. */
  public boolean readOnly() {
    return properties.getOrDefault(ACCESS, "write").equals("read");
  }

  /** What the catalog is, for messages: scheme, host and database; never a parameter or a user. */
  public String where() {
    String uri = properties.get(URI);
    if (uri == null) {
      String kind = properties.getOrDefault(IMPL, properties.getOrDefault(TYPE, "a catalog"));
      return kind + " without a uri";
    }
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
          if (key.equals(WAREHOUSE)
              || key.equals(TYPE)
              || key.equals(IMPL)
              || key.equals(ACCESS)
              || key.endsWith(SECRET_SUFFIX)) {
            shown.put(key, value);
          } else if (!key.equals(URI)) {
            shown.put(key, "…");
          }
        });
    return name + shown;
  }
}

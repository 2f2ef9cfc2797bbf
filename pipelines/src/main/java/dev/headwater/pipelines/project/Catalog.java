package dev.headwater.pipelines.project;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.project.CatalogDecl.Access;
import dev.headwater.pipelines.project.CatalogDecl.Pin;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A catalog that is declared in Java, with Iceberg's own properties. Immutable; what changes it
 * gives a new one.
 */
public final class Catalog {
  private final Map<String, String> properties;
  private final @Nullable Access access;
  private final @Nullable Pin pin;

  private Catalog(Map<String, String> properties, @Nullable Access access, @Nullable Pin pin) {
    this.properties = Map.copyOf(properties);
    this.access = access;
    this.pin = pin;
  }

  /** A server that speaks Iceberg's REST protocol. */
  public static Catalog rest(String uri) {
    return new Catalog(Map.of(CatalogConfig.TYPE, "rest", CatalogConfig.URI, uri), null, null);
  }

  /**
   * A database.
   *
   * @param uri {@code jdbc:postgresql:…} or {@code jdbc:sqlite:…}
   * @param warehouse a location, or a folder's path
   */
  public static Catalog jdbc(String uri, String warehouse) {
    return new Catalog(
        Map.of(CatalogConfig.URI, uri, CatalogConfig.WAREHOUSE, warehouse), null, null);
  }

  /** Any other that Iceberg knows, by its properties. */
  public static Catalog of(Map<String, String> properties) {
    return new Catalog(properties, null, null);
  }

  /** One more of Iceberg's properties; a password is a {@link #secret}. */
  public Catalog property(String key, String value) {
    Map<String, String> all = new LinkedHashMap<>(properties);
    all.put(key, value);
    return new Catalog(all, access, pin);
  }

  /**
   * One more property, looked up where the connection is made.
   *
   * @param where {@code env/NAME}, {@code file/PATH} or {@code vault/PATH#FIELD}
   */
  public Catalog secret(String key, String where) {
    return property(key + CatalogConfig.SECRET_SUFFIX, where);
  }

  /** Whether its tables may be changed; not, by default, but for the project's own. */
  public Catalog access(Access how) {
    return new Catalog(properties, how, pin);
  }

  /** How models keep the snapshots that they were trained on. */
  public Catalog pin(Pin how) {
    return new Catalog(properties, access, how);
  }

  CatalogDecl declared(String name, Path folder, List<Problem> problems) {
    boolean own = name.equals(TableRef.DEFAULT_CATALOG);
    Access opened = access == null ? (own ? Access.WRITE : Access.READ) : access;
    Map<String, String> all = new LinkedHashMap<>(properties);
    all.computeIfPresent(
        CatalogConfig.WAREHOUSE, (key, value) -> CatalogRules.location(folder, value));
    CatalogRules.check(
        name, opened, pin, all, (key, what) -> problems.add(problem(name, key, what)));
    return new CatalogDecl(name, opened, CatalogRules.pin(opened, pin), all);
  }

  private static Problem problem(String name, String key, String what) {
    return new Problem(0, "catalogs." + name + "." + key, what);
  }
}

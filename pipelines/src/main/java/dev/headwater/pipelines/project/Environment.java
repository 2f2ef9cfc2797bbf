package dev.headwater.pipelines.project;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of the places where a project lives: what is elsewhere there than the project says. It never
 * changes what targets are, only where they are and how runs are carried out.
 *
 * @param namespace what the project is called there: its tables' namespace, its name in the
 *     registry and in lineage; null: its own name
 * @param catalogs each in the place of the project's of that name, or besides them
 * @param registry null: the project's
 * @param clusters as the catalogs
 * @param runs null: the project's
 * @param lineage the namespace of its jobs in lineage's events; null: by its name
 */
public record Environment(
    String name,
    @Nullable String namespace,
    Map<String, CatalogDecl> catalogs,
    @Nullable CatalogDecl registry,
    Map<String, ClusterDecl> clusters,
    @Nullable RunRules runs,
    @Nullable String lineage,
    Protection protection) {
  /** The one that is always there, and that is meant where nobody says which. */
  public static final String DEV = "dev";

  /** Begins the catalog of tables that are read from another environment: {@code from_prod}. */
  public static final String FROM = "from_";

  /**
   * What is not done there without being said twice: what destroys, forces or promotes.
   *
   * @param people who alone may do it, as their machines call them; empty: all
   */
  public record Protection(boolean on, List<String> people) {
    public static final Protection NONE = new Protection(false, List.of());

    public Protection {
      people = List.copyOf(people);
    }
  }

  public Environment {
    catalogs = Collections.unmodifiableMap(new LinkedHashMap<>(catalogs));
    clusters = Collections.unmodifiableMap(new LinkedHashMap<>(clusters));
  }

  /** One where all is as the project says. */
  public static Environment of(String name) {
    return new Environment(name, null, Map.of(), null, Map.of(), null, null, Protection.NONE);
  }

  /** This one, where nothing of its own is said as in another. */
  Environment over(Environment given) {
    Map<String, CatalogDecl> tables = new LinkedHashMap<>(given.catalogs);
    tables.putAll(catalogs);
    Map<String, ClusterDecl> places = new LinkedHashMap<>(given.clusters);
    places.putAll(clusters);
    return new Environment(
        name,
        namespace == null ? given.namespace : namespace,
        tables,
        registry == null ? given.registry : registry,
        places,
        runs == null ? given.runs : runs,
        lineage,
        protection);
  }
}

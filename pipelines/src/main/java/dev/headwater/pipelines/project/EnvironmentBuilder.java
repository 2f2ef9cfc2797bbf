package dev.headwater.pipelines.project;

import dev.headwater.pipelines.project.Environment.Protection;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One environment of a project that is declared in Java; made by {@link ProjectBuilder}. */
public final class EnvironmentBuilder {
  private final String name;
  private final Map<String, Catalog> catalogs = new LinkedHashMap<>();
  private final Map<String, ClusterDecl> clusters = new LinkedHashMap<>();
  private Map<String, String> registry = Map.of();
  private @Nullable String namespace;
  private @Nullable RunRules runs;
  private @Nullable String lineage;
  private Protection protection = Protection.NONE;

  EnvironmentBuilder(String name) {
    this.name = name;
  }

  /** What the project is called there: its tables' namespace, its name in the registry. */
  public EnvironmentBuilder namespace(String called) {
    namespace = called;
    return this;
  }

  /** A catalog, in the place of the project's of this name or besides them. */
  public EnvironmentBuilder catalog(String catalog, Catalog how) {
    catalogs.put(catalog, how);
    return this;
  }

  /** The database of runs, models and locks, as {@link ProjectBuilder#registry} has it. */
  public EnvironmentBuilder registry(Map<String, String> properties) {
    registry = Map.copyOf(properties);
    return this;
  }

  /** A Flink session cluster, in the place of the project's of this name or besides them. */
  public EnvironmentBuilder cluster(ClusterDecl cluster) {
    clusters.put(cluster.name(), cluster);
    return this;
  }

  /** How runs are carried out there. */
  public EnvironmentBuilder runs(RunRules rules) {
    runs = rules;
    return this;
  }

  /** The namespace of its jobs in lineage's events. */
  public EnvironmentBuilder lineage(String jobs) {
    lineage = jobs;
    return this;
  }

  /**
   * What destroys, forces or promotes must be confirmed there.
   *
   * @param people who alone may do it; nobody: all may
   */
  public EnvironmentBuilder guarded(String... people) {
    protection = new Protection(true, List.of(people));
    return this;
  }

  Environment declared(Path folder, List<Problem> problems) {
    BiConsumer<String, String> problem =
        (key, what) -> problems.add(new Problem(0, "environments." + name + "." + key, what));
    Map<String, CatalogDecl> opened = new LinkedHashMap<>();
    catalogs.forEach((key, catalog) -> opened.put(key, catalog.declared(key, folder, problems)));
    CatalogDecl database =
        registry.isEmpty()
            ? null
            : RegistrySection.of(registry, (key, what) -> problem.accept("registry." + key, what));
    return new Environment(name, namespace, opened, database, clusters, runs, lineage, protection);
  }
}

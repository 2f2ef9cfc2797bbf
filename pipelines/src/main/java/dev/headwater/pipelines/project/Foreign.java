package dev.headwater.pipelines.project;

import dev.headwater.catalog.TableRef;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names of tables that aren't the project's own. */
final class Foreign {
  private Foreign() {}

  /** Whether it can be no name of a table of the project. */
  static boolean is(String text) {
    return text.indexOf('.') >= 0 || text.indexOf('/') >= 0;
  }

  /** The sources, with the tables of other projects that are named without being declared. */
  static Map<String, SourceDecl> named(
      Map<String, SourceDecl> sources,
      Map<String, DerivedDecl> derived,
      Map<String, ViewDecl> features,
      Map<String, ModelDecl> models,
      Map<String, ScoreDecl> scores,
      Map<String, MonitorDecl> monitors) {
    Set<String> names = new LinkedHashSet<>();
    derived.values().forEach(table -> names.addAll(table.from()));
    features.values().forEach(view -> names.add(view.from()));
    models.values().forEach(model -> names.add(model.rows()));
    scores.values().forEach(score -> names.add(score.rows()));
    monitors.values().forEach(monitor -> names.add(monitor.current()));
    Map<String, SourceDecl> all = new LinkedHashMap<>(sources);
    names.stream()
        .filter(name -> name.indexOf('/') >= 0)
        .forEach(name -> all.putIfAbsent(name, new SourceDecl(name, name, null)));
    return all;
  }

  /**
   * What a dotted name means: its catalog's name first, where it is one that is declared; one with
   * a slash is of another project.
   *
   * @throws IllegalArgumentException saying why it is no table's name
   */
  static TableRef ref(Project project, String text) {
    int slash = text.indexOf('/');
    if (slash >= 0) {
      String other = text.substring(0, slash);
      Neighbour declared = project.projects().get(other);
      return (declared == null ? Neighbour.InCatalog.shared(other) : declared)
          .table(text.substring(slash + 1), project.environment());
    }
    Map<String, CatalogDecl> catalogs = project.catalogs();
    int first = text.indexOf('.');
    int last = text.lastIndexOf('.');
    if (first < 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is no table's name. Write catalog.namespace.table, or project/table");
    }
    String catalog = text.substring(0, first);
    if (first == last) {
      return new TableRef(
          TableRef.DEFAULT_CATALOG, text.substring(0, first), text.substring(last + 1));
    }
    if (!catalogs.containsKey(catalog) && !catalog.equals(TableRef.DEFAULT_CATALOG)) {
      throw new IllegalArgumentException(
          "no catalog '"
              + catalog
              + "'."
              + Nearest.of(catalog, Set.copyOf(catalogs.keySet()))
              + (catalogs.isEmpty()
                  ? " Declare it under catalogs:."
                  : " There is " + String.join(", ", catalogs.keySet()) + "."));
    }
    return new TableRef(catalog, text.substring(first + 1, last), text.substring(last + 1));
  }

  /**
   * The same for a name that was written down once, whether its catalog is still declared or not.
   */
  static TableRef known(String text) {
    int first = text.indexOf('.');
    int last = text.lastIndexOf('.');
    return first == last
        ? new TableRef(TableRef.DEFAULT_CATALOG, text.substring(0, first), text.substring(last + 1))
        : new TableRef(
            text.substring(0, first), text.substring(first + 1, last), text.substring(last + 1));
  }

  static @Nullable String complaint(Project project, String text) {
    try {
      ref(project, text);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }
}

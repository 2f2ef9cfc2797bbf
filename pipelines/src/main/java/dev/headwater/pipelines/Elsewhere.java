package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.Environment;
import dev.headwater.pipelines.project.Neighbour;
import dev.headwater.pipelines.project.Project;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Another place that is read from here and never changed: another environment of the project, or
 * another project. Its things are called by what begins its catalogs' names here: table {@code
 * from_prod.shop.orders}, model {@code from_prod.late}.
 *
 * @param called what begins the names of its catalogs here, and is that of its default one
 * @param project what it is called there
 * @param inside what the catalog is called there
 * @param tables the catalog, as it is read from here
 * @param registry where its runs are; null: where ours are
 * @param folder that its files are named from; null: the same as ours
 */
record Elsewhere(
    String called,
    String project,
    String inside,
    CatalogConfig tables,
    @Nullable CatalogConfig registry,
    @Nullable Path folder) {

  /** Another environment of a project, with the catalog in which a table is there. */
  static Elsewhere environment(Project project, String environment, String catalog) {
    Project there = project.in(environment);
    return of(there, Environment.FROM + environment, catalog, null);
  }

  /** The place that has a catalog of this name; empty if that is one of the project's own. */
  static Optional<Elsewhere> named(Project project, String catalog) {
    if (project.catalogs().containsKey(catalog)) {
      return Optional.empty();
    }
    for (String environment : project.environments().names()) {
      String called = Environment.FROM + environment;
      if (catalog.startsWith(called)) {
        Optional<Elsewhere> found = find(project.in(environment), called, catalog, null);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    for (Neighbour other : project.projects().values()) {
      if (other instanceof Neighbour.InFolder in && catalog.startsWith(other.name())) {
        Project there = in.in(project.environment());
        Optional<Elsewhere> found = find(there, other.name(), catalog, there.origin().folder());
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** The place that an edge leads to; empty of what is here, and was recorded by our names. */
  static Optional<Elsewhere> of(Project project, Edge edge) {
    int dot = edge.name().indexOf('.');
    if (edge.kind().equals("model")) {
      return dot < 0 ? Optional.empty() : named(project, edge.name().substring(0, dot));
    }
    if (!edge.kind().equals("table")) {
      return Optional.empty();
    }
    TableRef ref = Project.recorded(edge.name());
    return named(project, ref.catalog()).or(() -> beside(project, ref));
  }

  /** A project whose tables are in a catalog of ours, and are called otherwise by its own runs. */
  private static Optional<Elsewhere> beside(Project project, TableRef ref) {
    for (Neighbour other : project.projects().values()) {
      if (other instanceof Neighbour.InCatalog in
          && in.catalog().equals(ref.catalog())
          && in.namespace().equals(ref.namespace())) {
        CatalogDecl tables = project.catalogs().get(in.catalog());
        CatalogDecl runs = in.registry();
        boolean same = tables == null && runs == null;
        CatalogConfig config =
            tables == null ? CatalogConfig.embedded(project.home()) : tables.config();
        return same
            ? Optional.empty()
            : Optional.of(
                new Elsewhere(
                    in.catalog(),
                    in.namespace(),
                    TableRef.DEFAULT_CATALOG,
                    config,
                    runs == null ? null : runs.config(),
                    null));
      }
    }
    return Optional.empty();
  }

  private static Optional<Elsewhere> find(
      Project there, String called, String catalog, @Nullable Path folder) {
    Set<String> inside = new LinkedHashSet<>(List.of(TableRef.DEFAULT_CATALOG));
    inside.addAll(there.catalogs().keySet());
    return inside.stream()
        .filter(name -> called(called, name).equals(catalog))
        .findFirst()
        .map(name -> of(there, called, name, folder));
  }

  private static Elsewhere of(Project there, String called, String inside, @Nullable Path folder) {
    return new Elsewhere(
        called,
        there.name(),
        inside,
        Workspace.catalogOf(there, inside).readAs(called(called, inside)),
        Workspace.registryOf(there),
        folder);
  }

  private static String called(String place, String inside) {
    return inside.equals(TableRef.DEFAULT_CATALOG) ? place : place + "_" + inside;
  }

  /** A table of its own, as it is called here. */
  TableRef table(String name) {
    return new TableRef(called(called, inside), project, name);
  }

  /** A model of its own, as it is called here. */
  String model(String name) {
    return called + "." + name;
  }

  /** An edge as its own runs name it. */
  Edge there(Edge edge) {
    if (edge.kind().equals("model")) {
      return named(edge, edge.name().substring(called.length() + 1));
    }
    TableRef ref = Project.recorded(edge.name());
    return named(edge, new TableRef(inside, ref.namespace(), ref.name()).toString());
  }

  /** A run of its own, with what it has read and written as that is called here. */
  Run here(Run run) {
    Map<String, String> parameters = new HashMap<>(run.parameters());
    // A cluster of its own says nothing here.
    parameters.remove(TopicEdge.CLUSTER);
    return run.with(parameters, run.stageVersion()).with(here(run.inputs()), here(run.outputs()));
  }

  private List<Edge> here(List<Edge> edges) {
    return edges.stream().map(this::here).toList();
  }

  private Edge here(Edge edge) {
    return switch (edge.kind()) {
      case "model" -> named(edge, model(edge.name()));
      case "table" -> {
        TableRef ref = Project.recorded(edge.name());
        String catalog = called(called, ref.catalog());
        yield named(edge, new TableRef(catalog, ref.namespace(), ref.name()).toString());
      }
      case "file" -> folder == null ? edge : named(edge, folder.resolve(edge.name()).toString());
      default -> edge;
    };
  }

  private static Edge named(Edge edge, String name) {
    return new Edge(edge.kind(), name, edge.version());
  }
}

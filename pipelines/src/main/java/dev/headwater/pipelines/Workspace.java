package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a project's durable things are: its catalog, its registry, its models and its scratch, all
 * below {@code .headwater} in the project's folder ({@link Project#home}), unless a catalog
 * "default" is declared; and the catalogs of others that it reads.
 */
final class Workspace implements AutoCloseable {
  /** The parameter of a run that says in which environment it was. */
  static final String ENVIRONMENT = "environment";

  private final Project project;
  private final Path home;
  private final TableCatalog catalog;
  private final Registry registry;
  private final @Nullable Instant due;
  private final Map<String, TableCatalog> foreign = new HashMap<>();
  private final Map<String, Registry> others = new HashMap<>();

  private Workspace(
      Project project, Path home, TableCatalog catalog, Registry registry, @Nullable Instant due) {
    this.project = project;
    this.home = home;
    this.catalog = catalog;
    this.registry = registry;
    this.due = due;
  }

  static Workspace open(Project project) {
    return open(project, null);
  }

  /**
   * For runs of a schedule.
   *
   * @param due when they were to begin; null: whenever
   */
  static Workspace open(Project project, @Nullable Instant due) {
    Path home = project.home();
    try {
      Files.createDirectories(home);
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "Cannot write the project's folder " + home + ": " + e.getMessage() + ".",
          "make room on that disk, or the folder writable.",
          e);
    }
    TableCatalog catalog = TableCatalog.open(catalogOf(project, TableRef.DEFAULT_CATALOG));
    try {
      Registry registry = Registry.open(registryOf(project));
      return new Workspace(project, home, catalog, registry, due);
    } catch (RuntimeException e) {
      catalog.close();
      throw e;
    }
  }

  /** A catalog of a project; its default one is below its home where none is declared. */
  static CatalogConfig catalogOf(Project project, String catalog) {
    CatalogDecl declared = project.catalogs().get(catalog);
    return declared == null ? CatalogConfig.embedded(project.home()) : declared.config();
  }

  /** A server keeps tables only; a database can keep the runs too, for all who share it. */
  static CatalogConfig registryOf(Project project) {
    CatalogDecl own = project.registry();
    CatalogDecl tables = project.catalogs().get(TableRef.DEFAULT_CATALOG);
    return own != null
        ? own.config()
        : tables != null && tables.config().jdbc()
            ? tables.config()
            : CatalogConfig.embedded(project.home());
  }

  Project project() {
    return project;
  }

  /** Where an answer is from, "flights · prod"; nothing of a project that is in one place only. */
  List<Answer.Block> header() {
    String where = project.name() + " · " + project.environment().name();
    return project.environments().declared().isEmpty()
        ? List.of()
        : List.of(new Answer.Block.Line(where));
  }

  /** What a run's record says of how it was run, with the environment and its time. */
  Map<String, String> parameters(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(more);
    if (due != null) {
      all.putAll(Nominal.due(due));
    }
    all.put(ENVIRONMENT, project.environment().name());
    return all;
  }

  Path home() {
    return home;
  }

  TableCatalog catalog() {
    return catalog;
  }

  Registry registry() {
    return registry;
  }

  /** The catalog that a table is in; connects to it when it is first asked for. */
  synchronized TableCatalog catalog(TableRef table) {
    if (table.catalog().equals(TableRef.DEFAULT_CATALOG)) {
      return catalog;
    }
    CatalogConfig config =
        declared(table.catalog())
            .orElseThrow(
                () ->
                    new HeadwaterException(
                        HeadwaterException.Kind.USAGE,
                        "Table "
                            + table
                            + " is in catalog '"
                            + table.catalog()
                            + "', which is not declared.",
                        "declare it under catalogs: in the project file."));
    return foreign.computeIfAbsent(config.name(), name -> TableCatalog.open(config));
  }

  /** A catalog by the name that it has here: one of ours, or one that is only read elsewhere. */
  private Optional<CatalogConfig> declared(String name) {
    CatalogDecl declared = project.catalogs().get(name);
    return declared == null
        ? Elsewhere.named(project, name).map(Elsewhere::tables)
        : Optional.of(declared.config());
  }

  /** The registry of another place, only to be read. */
  synchronized Registry registry(Elsewhere there) {
    CatalogConfig config = there.registry();
    return config == null || config.where().equals(registryOf(project).where())
        ? registry
        : others.computeIfAbsent(config.where(), where -> Registry.read(config));
  }

  /** What runs have read and written, here and elsewhere. */
  Recorded recorded() {
    return new Recorded(this);
  }

  /**
   * The table that rows are asked of: the project's own, or a source that is somebody else's; with
   * dots any table of a catalog that is declared.
   */
  TableRef table(String name) {
    try {
      return project.table(name);
    } catch (IllegalArgumentException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "There is no table " + name + ": " + e.getMessage(),
          "write a table of the project, or catalog.namespace.table.",
          e);
    }
  }

  /** Where a table's catalog is, for people; its name, if it isn't declared any more. */
  String where(TableRef table) {
    return declared(table).map(CatalogConfig::where).orElse(table.catalog());
  }

  /** The catalog of a table, as it is declared; empty if it isn't any more. */
  Optional<CatalogConfig> declared(TableRef table) {
    return table.catalog().equals(TableRef.DEFAULT_CATALOG)
        ? Optional.of(catalog.config())
        : declared(table.catalog());
  }

  /** The table that an edge or a label names: with dots as it is, otherwise as above. */
  TableRef named(String name) {
    return name.indexOf('.') < 0 ? table(name) : Project.recorded(name);
  }

  /** The project's own tables by their names, others with their catalogs and namespaces. */
  String label(TableRef ref) {
    boolean own =
        ref.catalog().equals(TableRef.DEFAULT_CATALOG) && ref.namespace().equals(project().name());
    return own ? ref.name() : ref.toString();
  }

  /** Where a run may spill; gone after it. */
  Path scratch(UUID run) {
    return home.resolve("scratch").resolve(run.toString());
  }

  /** Where a run leaves the model that it trains. */
  Path model(String name, UUID run) {
    return home.resolve("models").resolve(name).resolve(run.toString());
  }

  static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    registry.close();
    others.values().forEach(Registry::close);
    foreign.values().forEach(TableCatalog::close);
    catalog.close();
  }
}

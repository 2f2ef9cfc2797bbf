package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.pipelines.project.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Where a project's durable things are: its catalog, its registry, its models and its scratch, all
 * below {@code .headwater} in the project's folder.
 */
final class Workspace implements AutoCloseable {
  private final Project project;
  private final Path home;
  private final TableCatalog catalog;
  private final Registry registry;

  private Workspace(Project project, Path home, TableCatalog catalog, Registry registry) {
    this.project = project;
    this.home = home;
    this.catalog = catalog;
    this.registry = registry;
  }

  static Workspace open(Project project) {
    Path home = project.origin().folder().resolve(".headwater");
    try {
      Files.createDirectories(home);
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "Cannot write the project's folder " + home + ": " + e.getMessage() + ".",
          "make room on that disk, or the folder writable.",
          e);
    }
    CatalogConfig config = CatalogConfig.embedded(home);
    TableCatalog catalog = TableCatalog.open(config);
    try {
      return new Workspace(project, home, catalog, Registry.open(config));
    } catch (RuntimeException e) {
      catalog.close();
      throw e;
    }
  }

  Project project() {
    return project;
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

  /** A table of the project's own. */
  TableRef table(String name) {
    return TableRef.of(project.name(), name);
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
    catalog.close();
  }
}

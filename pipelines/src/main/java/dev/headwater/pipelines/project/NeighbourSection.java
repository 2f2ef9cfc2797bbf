package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One of the other projects in the project file: a folder, or where its tables are. */
final class NeighbourSection {
  private final Path folder;
  private final Section all;
  private final String name;

  NeighbourSection(Path folder, Section all, String name) {
    this.folder = folder;
    this.all = all;
    this.name = name;
  }

  @Nullable Neighbour parse() {
    if (!all.isSection(name)) {
      String path = all.text(name);
      return path == null ? null : inFolder(path, null);
    }
    Section s = Objects.requireNonNull(all.section(name));
    String path = s.text("path");
    String environment = s.text("env");
    String catalog = s.text("catalog");
    String namespace = s.text("namespace");
    CatalogDecl registry = RegistrySection.parse(s.section("registry"));
    s.end();
    if (path == null) {
      if (environment != null) {
        s.problem(
            "env", "is for a project whose path is said. Write namespace: <what it is there>");
      }
      return new Neighbour.InCatalog(
          name, Values.or(catalog, TableRef.DEFAULT_CATALOG), Values.or(namespace, name), registry);
    }
    for (String other : List.of("catalog", "namespace", "registry")) {
      if (s.has(other)) {
        s.problem(other, "is said by the project's own file. Leave it out, or the path");
      }
    }
    return inFolder(path, environment);
  }

  private @Nullable Neighbour inFolder(String path, @Nullable String environment) {
    try {
      Project there = ProjectFile.places(folder.resolve(path));
      return new Neighbour.InFolder(name, path, there, environment);
    } catch (HeadwaterException e) {
      all.problem(name, Problem.what(e));
      return null;
    } catch (ProjectException e) {
      all.problem(name, path + " can't be read: " + e.getMessage());
      return null;
    }
  }
}

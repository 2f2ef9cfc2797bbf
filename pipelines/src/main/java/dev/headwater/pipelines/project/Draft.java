package dev.headwater.pipelines.project;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.files.SourceFormat;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A YAML file that is yet to be written: what it says, and what is said of it.
 *
 * @param head comments at its beginning
 * @param form its keys, as lists, maps and texts
 * @param notes comments above what has this path: {@code models.late.label}
 */
public record Draft(List<String> head, Map<String, Object> form, Map<String, List<String>> notes) {
  public Draft {
    head = List.copyOf(head);
    form = Collections.unmodifiableMap(new LinkedHashMap<>(form));
    notes = Map.copyOf(notes);
  }

  /** As it is written. */
  public String yaml() {
    StringBuilder out = new StringBuilder();
    head.forEach(line -> out.append(line.isEmpty() ? "#" : "# ").append(line).append('\n'));
    return out.append(Explain.yaml(form, path -> notes.getOrDefault(path, List.of()))).toString();
  }

  /**
   * The project that it would be in a folder.
   *
   * @throws ProjectException with all mistakes
   */
  public Project project(Path folder) {
    return ProjectFile.parse(folder, ProjectFile.NAME, yaml());
  }

  /** A source's files as the project file has them. */
  public static Object source(String name, List<String> paths, SourceFormat format) {
    return Proposal.simple(new SourceDecl(name, paths, format).form());
  }

  /** A catalog's properties as the project file has them: secrets as references. */
  public static Map<String, Object> catalog(Map<String, String> properties) {
    return Properties.form(properties);
  }

  /**
   * A catalog as a project in a folder would read it.
   *
   * @throws ProjectException with all mistakes
   */
  public static CatalogConfig catalog(Path folder, String name, Map<String, String> properties) {
    Map<String, Object> form = Map.of(name, catalog(properties));
    Project project =
        new Draft(List.of(), Map.of("project", "p", "catalogs", form), Map.of()).project(folder);
    return Objects.requireNonNull(project.catalogs().get(name)).config();
  }

  /** Lists, maps and texts in one line. */
  public static String flow(Object form) {
    return Explain.flow(form);
  }

  /** A column's name as an expression has it. */
  public static String column(String name) {
    return Sql.name(name);
  }
}

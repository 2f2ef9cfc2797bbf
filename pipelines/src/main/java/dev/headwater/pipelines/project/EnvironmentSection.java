package dev.headwater.pipelines.project;

import dev.headwater.pipelines.project.Environment.Protection;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One environment of the project file. */
final class EnvironmentSection {
  private final Path folder;
  private final String project;
  private final Collection<String> targets;
  private final Section section;

  /**
   * @param project its own name
   * @param targets the names of all that is made
   */
  EnvironmentSection(Path folder, String project, Collection<String> targets, Section section) {
    this.folder = folder;
    this.project = project;
    this.targets = targets;
    this.section = section;
  }

  Environment parse() {
    String namespace = section.text("namespace");
    if (namespace != null) {
      Values.named(section, "namespace", namespace);
    }
    String named = namespace == null ? project : namespace;
    Map<String, CatalogDecl> catalogs =
        each("catalogs", s -> new CatalogSection(folder, s).parse());
    Map<String, ClusterDecl> clusters =
        each("clusters", s -> new ClusterSection(folder, named, s).parse());
    CatalogDecl registry = RegistrySection.parse(section.section("registry"));
    Section runs = section.section("runs");
    RunRules rules = runs == null ? null : RunSection.parse(runs, targets);
    return new Environment(
        section.name(), namespace, catalogs, registry, clusters, rules, lineage(), protection());
  }

  private @Nullable String lineage() {
    Section lineage = section.section("lineage");
    if (lineage == null) {
      return null;
    }
    String namespace = lineage.required("namespace", "acme-prod");
    lineage.end();
    return namespace;
  }

  /** {@code true}, or the names of those who may. */
  private Protection protection() {
    List<String> words = section.texts("protected");
    if (words.equals(List.of("true"))) {
      return new Protection(true, List.of());
    }
    boolean off = words.isEmpty() || words.equals(List.of("false"));
    return off ? Protection.NONE : new Protection(true, words);
  }

  private <T> Map<String, T> each(String noun, Function<Section, @Nullable T> parser) {
    Map<String, T> all = new LinkedHashMap<>();
    Section named = section.section(noun);
    if (named == null) {
      return all;
    }
    for (String name : named.names()) {
      Values.named(named, name, name);
      Section one = named.section(name);
      T parsed = one == null ? null : parser.apply(one);
      if (one != null) {
        one.end();
      }
      if (parsed != null) {
        all.put(name, parsed);
      }
    }
    return all;
  }
}

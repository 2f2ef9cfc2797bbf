package dev.headwater.pipelines.project;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** No two declarations make, or are, a table of the same name. */
final class NameRules {
  private final BiConsumer<String, String> problem;

  /**
   * Who makes it, by the name in small letters: engines that read the tables don't look further.
   */
  private final Map<String, String> tables = new HashMap<>();

  private NameRules(BiConsumer<String, String> problem) {
    this.problem = problem;
  }

  /** Tells which names are taken. */
  static void check(Project project, BiConsumer<String, String> problem) {
    new NameRules(problem).check(project);
  }

  private void check(Project project) {
    // Tables, views, scores and monitors each make a table of their name in one namespace.
    project.tables().keySet().forEach(name -> take(name, "tables." + name));
    project.derived().keySet().forEach(name -> take(name, "tables." + name));
    // Rows are named the same way, whoever's they are.
    project.sources().values().stream()
        .filter(source -> source.table() != null)
        .forEach(source -> take(source.name(), "sources." + source.name()));
    project.features().keySet().forEach(name -> take(name, "features." + name));
    project.scores().keySet().forEach(name -> take(name, "scores." + name));
    project.monitors().keySet().forEach(name -> take(name, "monitors." + name));
    project.tables().values().forEach(table -> letters(table.name(), table.letters()));
    project.derived().values().forEach(table -> letters(table.name(), table.letters()));
    project.scores().keySet().forEach(name -> letters(name, name + "__letters"));
    project.tables().values().stream()
        .filter(table -> table.write().route() != null)
        .forEach(table -> routed(project, table.name()));
  }

  private void take(String name, String path) {
    String other = tables.putIfAbsent(name.toLowerCase(Locale.ROOT), path);
    if (other != null) {
      problem.accept(path, "makes a table of the same name as " + other + ". Choose another.");
    }
  }

  private void letters(String table, String letters) {
    String other = tables.get(letters.toLowerCase(Locale.ROOT));
    if (other != null) {
      problem.accept(
          other, "is also the name of the dead letters of table " + table + ". Choose another.");
    }
  }

  /** What the rows of a topic say must not name a table that something else fills. */
  private void routed(Project project, String table) {
    String prefix = table + Route.JOINT;
    Stream.concat(project.tables().keySet().stream(), project.derived().keySet().stream())
        .filter(other -> other.startsWith(prefix))
        .forEach(
            other ->
                problem.accept(
                    "tables." + table + ".route",
                    "'" + other + "' is named like one of its tables. Give it another name"));
  }
}

package dev.headwater.pipelines.project;

import dev.headwater.catalog.HeadwaterException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The environments of a project, and the one that it is in.
 *
 * @param declared by name
 * @param current the one that it is in
 * @param own what the project says without any; null: it is in none of the declared ones
 */
public record Environments(
    Map<String, Environment> declared, Environment current, @Nullable Environment own) {
  /** Of a project that has none but the one that is always there. */
  public static final Environments NONE = of(Map.of());

  /** The variable that names one, where the command doesn't. */
  public static final String VARIABLE = "HEADWATER_ENV";

  public Environments {
    declared = Collections.unmodifiableMap(new LinkedHashMap<>(declared));
  }

  static Environments of(Map<String, Environment> declared) {
    return new Environments(declared, Environment.of(Environment.DEV), null);
  }

  /** The name of the one that is meant: as said, or by {@value #VARIABLE}, or dev. */
  public static String meant(@Nullable String said) {
    String variable = System.getenv(VARIABLE);
    return said != null
        ? said
        : variable == null || variable.isBlank() ? Environment.DEV : variable.strip();
  }

  /** All there are. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>(declared.keySet());
    names.add(Environment.DEV);
    return names;
  }

  /** The project in one of them. */
  Project in(Project project, String name) {
    Environment chosen = declared.get(name);
    if (chosen == null && !name.equals(Environment.DEV)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "There is no environment '%s' in %s.%s There %s %s."
              .formatted(
                  name,
                  project.origin().file(),
                  Nearest.of(name, names()),
                  names().size() == 1 ? "is" : "are",
                  String.join(", ", names())),
          "take one of those (--env, or the variable "
              + VARIABLE
              + "), or declare it under environments:.");
    }
    Environment given = own == null ? of(project) : own;
    Environment now = (chosen == null ? Environment.of(name) : chosen).over(given);
    String named = now.namespace() == null ? project.name() : now.namespace();
    Map<String, ClusterDecl> clusters = new LinkedHashMap<>();
    now.clusters().forEach((key, c) -> clusters.put(key, c.renamed(given.namespace(), named)));
    return project.with(
        named,
        now.catalogs(),
        clusters,
        now.registry(),
        now.runs() == null ? RunRules.DEFAULT : now.runs(),
        new Environments(declared, now, given));
  }

  private static Environment of(Project project) {
    return new Environment(
        Environment.DEV,
        project.name(),
        project.catalogs(),
        project.registry(),
        project.clusters(),
        project.runs(),
        null,
        Environment.Protection.NONE);
  }

  /**
   * What doesn't fit together in any of them; what is so in some only, with their names.
   *
   * @param broken dotted names of declarations that exist but could not be read
   */
  static List<Problem> check(Project project, Set<String> broken) {
    Map<Problem, List<String>> all = new LinkedHashMap<>();
    Set<String> names = project.environments().names();
    for (String name : names) {
      for (Problem problem : References.check(project.in(name), broken)) {
        all.computeIfAbsent(problem, p -> new ArrayList<>()).add(name);
      }
    }
    List<Problem> problems = new ArrayList<>();
    all.forEach(
        (p, where) ->
            problems.add(
                where.size() == names.size()
                    ? p
                    : new Problem(
                        p.file(),
                        p.line(),
                        p.path(),
                        p.what() + " (In environment " + String.join(", ", where) + ".)")));
    return problems;
  }
}

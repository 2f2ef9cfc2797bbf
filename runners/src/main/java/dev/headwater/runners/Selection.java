package dev.headwater.runners;

import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The targets that selectors mean: {@code late} alone, {@code +late} with all it needs, {@code
 * flights+} with all that depends on it.
 */
final class Selection {
  private Selection() {}

  /** In running order; without selectors all. */
  static List<Target> of(Project project, List<String> selectors, List<String> excluded) {
    Set<Target> chosen = new HashSet<>();
    for (String selector : selectors) {
      boolean before = selector.startsWith("+");
      boolean after = selector.endsWith("+");
      Target target = project.target(selector.replaceFirst("^[+]", "").replaceFirst("[+]$", ""));
      chosen.add(target);
      if (before) {
        before(project, target, chosen);
      }
      if (after) {
        after(project, target, chosen);
      }
    }
    Set<Target> left = new HashSet<>();
    excluded.forEach(name -> left.add(project.target(name)));
    return project.targets().stream()
        .filter(t -> (selectors.isEmpty() || chosen.contains(t)) && !left.contains(t))
        .toList();
  }

  private static void before(Project project, Target target, Set<Target> chosen) {
    for (Target need : project.needs(target)) {
      chosen.add(need);
      before(project, need, chosen);
    }
  }

  private static void after(Project project, Target target, Set<Target> chosen) {
    for (Target other : project.targets()) {
      if (project.needs(other).contains(target) && chosen.add(other)) {
        after(project, other, chosen);
      }
    }
  }
}

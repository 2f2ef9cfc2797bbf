package dev.headwater.pipelines.select;

import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What needs what, in both directions. */
final class Graph {
  private final Map<Target, List<Target>> needs = new LinkedHashMap<>();
  private final Map<Target, List<Target>> users = new LinkedHashMap<>();

  Graph(Project project) {
    for (Target target : project.targets()) {
      List<Target> needed = project.needs(target);
      needs.put(target, needed);
      needed.forEach(need -> users.computeIfAbsent(need, n -> new ArrayList<>()).add(target));
    }
  }

  /** In running order. */
  Set<Target> all() {
    return needs.keySet();
  }

  /** These, and all that they need, at most so many steps away. */
  Set<Target> before(Set<Target> from, int steps) {
    return reach(needs, from, steps);
  }

  /** These, and all that depends on them, at most so many steps away. */
  Set<Target> after(Set<Target> from, int steps) {
    return reach(users, from, steps);
  }

  private static Set<Target> reach(Map<Target, List<Target>> ways, Set<Target> from, int steps) {
    Set<Target> reached = new LinkedHashSet<>(from);
    Set<Target> edge = from;
    for (int step = 0; step < steps && !edge.isEmpty(); step++) {
      Set<Target> next = new LinkedHashSet<>();
      for (Target target : edge) {
        for (Target other : ways.getOrDefault(target, List.of())) {
          if (reached.add(other)) {
            next.add(other);
          }
        }
      }
      edge = next;
    }
    return reached;
  }
}

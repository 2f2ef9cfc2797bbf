package dev.headwater.pipelines.project;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds targets that need themselves. */
final class Circles {
  private final Project project;
  private final Set<Target> done = new HashSet<>();
  private final List<Problem> problems = new ArrayList<>();

  private Circles(Project project) {
    this.project = project;
  }

  /** A problem for each circle; of a project whose references all lead somewhere. */
  static List<Problem> check(Project project) {
    Circles circles = new Circles(project);
    Targets.declared(project).forEach(target -> circles.follow(target, new LinkedHashSet<>()));
    return circles.problems;
  }

  private void follow(Target target, Set<Target> way) {
    if (done.contains(target)) {
      return;
    }
    if (!way.add(target)) {
      List<Target> circle = new ArrayList<>(way);
      circle = circle.subList(circle.indexOf(target), circle.size());
      String round = String.join(" <- ", circle.stream().map(Target::toString).toList());
      String path = target.path();
      problems.add(project.origin().problem(path, "needs itself: " + round + " <- " + target));
      done.addAll(circle);
      return;
    }
    for (Target need : Targets.needs(project, target)) {
      follow(need, way);
    }
    way.remove(target);
    done.add(target);
  }
}

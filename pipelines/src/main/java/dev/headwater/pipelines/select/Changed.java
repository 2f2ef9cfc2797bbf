package dev.headwater.pipelines.select;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import dev.headwater.user.UserClass;
import dev.headwater.user.UserCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Targets that are new or declared otherwise than at a commit: what would make them stale counts,
 * and Java code that they reach; comments, order and labels don't.
 */
public final class Changed {
  private static final Pattern CODE = Pattern.compile(".*\\.(?:java|kt|scala)");

  private Changed() {}

  /**
   * Since HEAD left a branch, tag or commit; what isn't committed counts too.
   *
   * @throws HeadwaterException USAGE if it can't be compared
   */
  static Set<Target> since(Project project, String ref) {
    return Then.at(
        project,
        ref,
        then -> {
          Set<Target> changed = new LinkedHashSet<>();
          for (Target target : project.targets()) {
            if (then.project().isEmpty()
                || !same(project, then.project().get(), target)
                || code(project, target, then.changed())) {
              changed.add(target);
            }
          }
          return changed;
        });
  }

  private static boolean same(Project now, Project then, Target target) {
    if (!then.targets().contains(target)) {
      return false;
    }
    try {
      return Declarations.json(now, target).equals(Declarations.json(then, target));
    } catch (HeadwaterException e) {
      // A class or contract that isn't there is told by what needs it.
      return false;
    }
  }

  /** Whether a class that a target reaches is of one of these files. */
  public static boolean code(Project project, Target target, Set<String> files) {
    List<String> code = files.stream().filter(path -> CODE.matcher(path).matches()).toList();
    if (code.isEmpty()) {
      return false;
    }
    for (String name : Declarations.classes(project, target)) {
      for (String reached : UserCode.reached(name, UserClass.loader())) {
        String file = "/" + reached.replaceFirst("[$:].*", "").replace('.', '/') + ".";
        if (code.stream().anyMatch(path -> ("/" + path).contains(file))) {
          return true;
        }
      }
    }
    return false;
  }
}

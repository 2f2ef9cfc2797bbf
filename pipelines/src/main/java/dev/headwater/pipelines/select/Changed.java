package dev.headwater.pipelines.select;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectException;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.Target;
import dev.headwater.user.UserClass;
import dev.headwater.user.UserCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Targets that are new or declared otherwise than at a commit: what would make them stale counts,
 * and Java code that they reach; comments, order and labels don't.
 */
final class Changed {
  /** Project files, and what they can name. */
  private static final Pattern TEXTS = Pattern.compile(".*\\.(?:ya?ml|json|avsc|proto|sql)");

  private static final Pattern CODE = Pattern.compile(".*\\.(?:java|kt|scala)");

  private Changed() {}

  /**
   * Since HEAD left a branch, tag or commit; what isn't committed counts too.
   *
   * @throws HeadwaterException USAGE if it can't be compared
   */
  static Set<Target> since(Project project, String ref) {
    Path folder = project.origin().folder();
    if (!Files.isRegularFile(folder.resolve(project.origin().file()))) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "A project that is declared in Java can't be compared with " + ref + ".",
          "select otherwise: by name, tag or owner.");
    }
    GitFolder git = new GitFolder(folder);
    String commit = git.base(ref);
    Set<Target> changed = new LinkedHashSet<>();
    Optional<Path> copy = Optional.empty();
    try {
      copy = Optional.of(Files.createTempDirectory("headwater-then"));
      git.copy(commit, name -> TEXTS.matcher(name).matches(), copy.get());
      Optional<Project> then = then(copy.get(), ref);
      List<String> code =
          git.changed(commit).stream().filter(path -> CODE.matcher(path).matches()).toList();
      for (Target target : project.targets()) {
        if (then.isEmpty()
            || !same(project, then.get(), target)
            || (!code.isEmpty() && reaches(project, target, code))) {
          changed.add(target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      copy.ifPresent(Changed::delete);
    }
    return changed;
  }

  /** The project as it was; empty if there was none. */
  private static Optional<Project> then(Path folder, String ref) {
    if (!Files.exists(folder.resolve(ProjectFile.NAME))) {
      return Optional.empty();
    }
    try {
      return Optional.of(ProjectFile.read(folder));
    } catch (ProjectException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot compare with " + ref + ": the project was not whole there. " + e.getMessage(),
          "name a commit where it was.",
          e);
    }
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
  private static boolean reaches(Project project, Target target, List<String> code) {
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

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

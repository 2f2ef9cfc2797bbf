package dev.headwater.pipelines.select;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectException;
import dev.headwater.pipelines.project.ProjectFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A project as it was at a commit of git.
 *
 * @param commit its id
 * @param project empty if there was none
 * @param changed the files of the repository that are not as they were, committed or not
 */
public record Then(String commit, Optional<Project> project, Set<String> changed) {
  /** Project files, and what they can name. */
  private static final Pattern TEXTS = Pattern.compile(".*\\.(?:ya?ml|json|avsc|proto|sql)");

  /**
   * Looks at it where HEAD left a branch, tag or commit. Its files are there only while it is
   * looked at.
   *
   * @throws HeadwaterException USAGE if it can't be compared
   */
  public static <T> T at(Project project, String ref, Function<Then, T> look) {
    Path folder = project.origin().folder();
    if (!Files.isRegularFile(folder.resolve(project.origin().file()))) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "A project that is declared in Java can't be compared with " + ref + ".",
          "select otherwise: by name, tag or owner.");
    }
    GitFolder git = new GitFolder(folder);
    String commit = git.base(ref);
    Optional<Path> copy = Optional.empty();
    try {
      copy = Optional.of(Files.createTempDirectory("headwater-then"));
      git.copy(commit, name -> TEXTS.matcher(name).matches(), copy.get());
      return look.apply(new Then(commit, read(copy.get(), ref), git.changed(commit)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      copy.ifPresent(Then::delete);
    }
  }

  private static Optional<Project> read(Path folder, String ref) {
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

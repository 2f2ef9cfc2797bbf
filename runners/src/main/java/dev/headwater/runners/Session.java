package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.project.Environments;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one command works with: its project, its launcher, its log. Nothing opens before it must.
 */
final class Session {
  private final @Nullable Project given;
  private final Supplier<Launcher.Provider> provider;
  private final Logs logs = new Logs();

  /**
   * A session.
   *
   * @param given a project from Java, or null: one from a file
   */
  Session(@Nullable Project given, Supplier<Launcher.Provider> provider) {
    this.given = given;
    this.provider = provider;
  }

  Logs logs() {
    return logs;
  }

  /** The project from Java, or null. */
  @Nullable Project given() {
    return given;
  }

  /**
   * The project, in an environment.
   *
   * @param environment null: the one that is meant where nobody says which
   */
  Project project(@Nullable Path folder, @Nullable String environment) {
    String there = Environments.meant(environment);
    if (given != null) {
      logs.in(given.origin().folder());
      return given.in(there);
    }
    Path found =
        folder != null
            ? folder
            : ProjectFile.around(Path.of(""))
                .orElseThrow(
                    () ->
                        new HeadwaterException(
                            HeadwaterException.Kind.USAGE,
                            "There is no " + ProjectFile.NAME + " here or in a folder above.",
                            "go into a project's folder, or name one: -C DIR."));
    Project project = ProjectFile.read(found);
    logs.in(project.origin().folder());
    return project.in(there);
  }

  Launcher open(Project project, LaunchOptions options) {
    logs.start();
    return provider.get().open(project, options);
  }
}

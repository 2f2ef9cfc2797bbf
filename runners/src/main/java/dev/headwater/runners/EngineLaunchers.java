package dev.headwater.runners;

import dev.headwater.pipelines.Engine;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.ProjectLauncher;
import dev.headwater.pipelines.project.Project;

/** Launchers on the engines that the options and the project name. */
public final class EngineLaunchers implements Launcher.Provider {
  @Override
  public Launcher open(Project project, LaunchOptions options) {
    return ProjectLauncher.open(project, options, engine(project, options));
  }

  /** What runs the project's pipelines by these options. */
  static Engine engine(Project project, LaunchOptions options) {
    return new Placement(project, options).main();
  }
}

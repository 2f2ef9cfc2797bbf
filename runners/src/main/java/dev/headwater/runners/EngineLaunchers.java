package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Engine;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.ProjectLauncher;
import dev.headwater.pipelines.project.Project;
import java.util.Locale;

/** Launchers on the engine that the options name. */
public final class EngineLaunchers implements Launcher.Provider {
  @Override
  public Launcher open(Project project, LaunchOptions options) {
    return ProjectLauncher.open(project, options, engine(project, options));
  }

  /** What runs the project's pipelines by these options. */
  static Engine engine(Project project, LaunchOptions options) {
    return switch (options.runner().toLowerCase(Locale.ROOT)) {
      case "direct", "directrunner" -> new DirectEngine(options.beam());
      case "flink", "flinkrunner" ->
          BeamOptions.cluster(options.beam())
              .<Engine>map(
                  named -> new ClusterEngine(Cluster.of(named, project.clusters()), options.beam()))
              .orElseGet(() -> new FlinkEngine(options.beam()));
      default ->
          throw new HeadwaterException(
              HeadwaterException.Kind.USAGE,
              "There is no runner '" + options.runner() + "'.",
              "write --runner=direct or --runner=flink.");
    };
  }
}

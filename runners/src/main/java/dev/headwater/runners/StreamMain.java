package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.ProjectLauncher;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Belongings;
import dev.headwater.pipelines.project.Environments;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Begins a project's stream where Flink itself runs a program: {@code flink run}, a JobManager that
 * is given a jar, a FlinkSessionJob. What it is begun with (a savepoint, a job's id) is Flink's.
 */
public final class StreamMain {
  /** How often such a job is tried again; a stream sent by the command says so itself. */
  static final Map<String, String> RESTARTS =
      Map.of(
          "restart-strategy.type",
          "failure-rate",
          "restart-strategy.failure-rate.max-failures-per-interval",
          Integer.toString(ClusterEnvironment.FAILURES),
          "restart-strategy.failure-rate.failure-rate-interval",
          ClusterEnvironment.WITHIN.toMilliseconds() + " ms",
          "restart-strategy.failure-rate.delay",
          ClusterEnvironment.DELAY.toMilliseconds() + " ms");

  private StreamMain() {}

  /**
   * Sends one job, and returns.
   *
   * @param args the project's folder, the table, the cluster as the project calls it; and some
   *     digits of the project's files if it is to be these
   * @throws HeadwaterException what keeps the stream from being begun
   */
  public static void main(String[] args) {
    if (args.length < 3) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Which stream?",
          "give it the project's folder, the table and the cluster.");
    }
    Project project = ProjectFile.read(Path.of(args[0])).in(Environments.meant(null));
    if (args.length > 3 && !args[3].equals(Belongings.of(project).digest())) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "The project in " + args[0] + " is not the one that this stream is of.",
          "wait: its pods get the new one, and the operator tries again.");
    }
    Target table = project.target(Target.Kind.TABLE.word() + "/" + args[1]);
    LaunchOptions options =
        new LaunchOptions("flink", List.of(BeamOptions.MASTER + args[2])).detach();
    Placement places = new Placement(project, options, InsideEngine::new);
    try (Launcher launcher = ProjectLauncher.open(project, options, places.main())) {
      for (StageResult result : launcher.stream(table, () -> false, Progress.NONE).stages()) {
        if (result.failure() instanceof RuntimeException failure) {
          throw failure;
        }
        if (result.note().endsWith(InsideEngine.ALREADY)) {
          throw new HeadwaterException(
              HeadwaterException.Kind.REFUSED,
              table + " streams on " + args[2] + " as another job.",
              "end that one: headwater job stop " + table.name() + ".");
        }
      }
    }
  }
}

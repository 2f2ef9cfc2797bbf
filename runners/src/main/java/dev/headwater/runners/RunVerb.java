package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Parallel;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Brings targets up to date: once, again and again, or whenever their inputs move. */
@Command(
    name = "run",
    description = "Bring the project, or some of its targets, up to date.",
    footer = {
      "",
      "Options of Beam and its runner (--targetParallelism=4) are passed on.",
      "",
      "Examples:",
      "  headwater run late --defer prod -j 4",
      "  headwater run +late --cluster=flink.example.com:8081"
    })
final class RunVerb extends RunVerbs.Running {
  /** How often {@code --watch} looks, unless it is said. */
  private static final Duration LOOK = Duration.ofSeconds(10);

  @Option(names = "--force", description = "Run also what is fresh.")
  private boolean force;

  @Option(
      names = "--watch",
      description = "Go on for ever: run what is stale whenever inputs move.")
  private boolean watch;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      converter = UpkeepVerbs.Age.class,
      description =
          "Run again and again: 30m, 1h. With --watch: how often to look; 10s by default.")
  private @Nullable Duration every;

  @Option(
      names = "--stream",
      description = "Go on for ever: follow the topic of one table, with a commit an interval.")
  private boolean stream;

  @Option(
      names = "--no-wait",
      description = "Fail a target that another run is at (status 5), instead of waiting for it.")
  private boolean impatient;

  @Option(
      names = {"-j", "--parallel"},
      paramLabel = "N",
      converter = Count.class,
      description = {
        "At most so many targets at once; by default as many as this machine has cores,",
        "its memory and a cluster's slots have room for. 1: one after the other."
      })
  private int parallel;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = UpkeepVerbs.Size.class,
      description = "What targets side by side may take of this process; by default its heap.")
  private long memory;

  @Mixin private ConfirmOption confirmed = new ConfirmOption();

  @Mixin private DeferOption deferred = new DeferOption();

  @Override
  LaunchOptions options() {
    LaunchOptions options =
        super.options()
            .confirm(confirmed.environment())
            .defer(deferred.environment())
            .parallel(new Parallel(parallel, memory()));
    return impatient ? options.patient(Duration.ZERO) : options;
  }

  private long memory() {
    long heap = Runtime.getRuntime().maxMemory();
    if (memory > heap) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "--memory " + (memory >> 20) + "m, but the heap has " + (heap >> 20) + "m.",
          "give the process more too: HEADWATER_OPTS=-Xmx" + (memory >> 20) + "m.");
    }
    return memory;
  }

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description = "Serve what the stages do at http://localhost:PORT/metrics, for Prometheus.")
  private @Nullable Integer port;

  private @Nullable Metrics metrics;

  @Option(
      names = "--detach",
      description = "Send jobs to the cluster and don't wait; run again to wait for them.")
  private boolean detached;

  @Override
  boolean detached() {
    return detached;
  }

  @Override
  public Integer call() {
    if (detached && (watch || every != null)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "--detach sends once, --watch and --every go on for ever.",
          "leave one of them out.");
    }
    if (port == null) {
      return work();
    }
    Metrics measured = new Metrics(Clock.systemUTC());
    metrics = measured;
    MetricsServer served = MetricsServer.open(port, measured::text);
    try (served) {
      return work();
    }
  }

  /** Who is told what stages do: the screen, and whoever measures. */
  Progress watched(Progress shown) {
    Metrics measured = metrics;
    return measured == null
        ? shown
        : event -> {
          measured.on(event);
          shown.on(event);
        };
  }

  private int work() {
    if (stream) {
      return stream();
    }
    if (!watch && every == null) {
      return once();
    }
    if (every != null && every.isZero()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE, "--every 0s would never rest.", "write --every 10s.");
    }
    Rounds rounds = new Rounds(this, screen(), every == null ? LOOK : every, watch, force);
    return rounds.run();
  }

  private int stream() {
    List<Target> targets = new ArrayList<>();
    Project project = chosen(targets);
    if (watch || every != null || force || targets.size() != 1) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "--stream follows the topic of one table, and nothing else.",
          "write headwater run TABLE --stream, and the rest beside it: headwater run --watch.");
    }
    Target table = targets.get(0);
    TableDecl declared = project.tables().get(table.name());
    if (table.kind() != Target.Kind.TABLE
        || declared == null
        || project.topic(declared).isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          table + " is not filled from a topic: there is nothing to follow.",
          "write headwater run " + table.name() + " --watch.");
    }
    return stream(project, table, options(), this::watched);
  }

  private int once() {
    List<Target> targets = new ArrayList<>();
    Project project = chosen(targets);
    RunScreen shown = new RunScreen(screen(), System::nanoTime);
    RunReport report;
    try (Launcher launcher = session().open(project, options())) {
      report = launcher.run(targets, force, watched(shown));
    }
    shown.end(report);
    return exitStatus(report);
  }
}

package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Engine;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.project.ClusterDecl;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Resources;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which engine each of a project's targets runs on: the one that the command names if it has what
 * the target needs, otherwise the first cluster of the project that has. Thread-safe.
 */
final class Placement {
  private static final Path GPU = Path.of("/dev/nvidiactl");

  private final Project project;
  private final LaunchOptions options;
  private final @Nullable String cluster;
  private final OfCluster engine;
  private final Map<String, Engine> clusters = new HashMap<>();
  private final Map<Target, Engine> chosen = new HashMap<>();
  private final Engine main;

  /** Makes the engine of a cluster, by Beam's options. */
  interface OfCluster {
    Engine engine(Cluster cluster, List<String> beam);
  }

  Placement(Project project, LaunchOptions options) {
    this(project, options, (cluster, beam) -> new ClusterEngine(cluster, beam, options.detached()));
  }

  Placement(Project project, LaunchOptions options, OfCluster engine) {
    this.project = project;
    this.options = options;
    this.engine = engine;
    this.cluster = isFlink(options) ? BeamOptions.cluster(options.beam()).orElse(null) : null;
    this.main = new PlacedEngine(cluster == null ? local(0) : cluster(cluster, 0), this, "");
  }

  /** The one that the command names. */
  Engine main() {
    return main;
  }

  /** One of a cluster that is named. */
  synchronized Engine on(String name) {
    return name.equals(cluster) ? main : new PlacedEngine(cluster(name, 0), this, name);
  }

  /**
   * Where a target's stage runs.
   *
   * @throws HeadwaterException UNREACHABLE if nothing has what it needs
   */
  synchronized Engine at(Target target) {
    Resources needs = project.resources(target);
    return needs.equals(Resources.ANY)
        ? main
        : chosen.computeIfAbsent(target, unused -> choose(target, needs));
  }

  private Engine choose(Target target, Resources needs) {
    List<String> places = new ArrayList<>();
    if (needs.cluster() != null) {
      places.add(needs.cluster());
    } else {
      places.add(cluster == null ? "" : cluster);
      project.clusters().keySet().stream().filter(c -> !c.equals(cluster)).forEach(places::add);
    }
    List<String> lacks = new ArrayList<>();
    for (String place : places) {
      Optional<String> lack = place.isEmpty() ? here(needs) : lack(place, needs);
      if (lack.isEmpty()) {
        return place.isEmpty()
            ? new PlacedEngine(local(needs.parallelism()), this, "")
            : new PlacedEngine(
                cluster(place, needs.parallelism()), this, place.equals(cluster) ? "" : place);
      }
      lacks.add(lack.get());
    }
    throw new HeadwaterException(
        HeadwaterException.Kind.UNREACHABLE,
        "Nothing has what "
            + target
            + " needs ("
            + needs.text()
            + "): "
            + String.join("; ", lacks)
            + ".",
        "declare a cluster that has it, or ask for less in " + target + "'s resources.");
  }

  private static Optional<String> here(Resources needs) {
    if (needs.gpu() && !Files.exists(GPU)) {
      return Optional.of("this machine has no GPU");
    }
    long has = Runtime.getRuntime().maxMemory();
    return needs.memory() > has
        ? Optional.of("this process has " + mebi(has) + " of memory")
        : Optional.empty();
  }

  /** What a cluster lacks; that it does not answer is such a thing too. */
  private Optional<String> lack(String place, Resources needs) {
    ClusterDecl declared = project.clusters().get(place);
    if (needs.gpu() && (declared == null || !declared.gpu())) {
      return Optional.of(place + " has no GPU");
    }
    try {
      if (needs.memory() > 0 || needs.parallelism() > 0) {
        ClusterCheck check = new ClusterCheck(new FlinkRest(Cluster.of(place, project.clusters())));
        long memory = check.slotMemory();
        if (needs.memory() > memory) {
          return Optional.of(place + " has " + mebi(memory) + " of memory a slot");
        }
        if (needs.parallelism() > check.allSlots()) {
          return Optional.of(place + " has " + check.allSlots() + " slots");
        }
      }
      return Optional.empty();
    } catch (FlinkRest.SilentException e) {
      return Optional.of(place + " does not answer");
    }
  }

  private static String mebi(long bytes) {
    return (bytes >> 20) + "m";
  }

  private static boolean isFlink(LaunchOptions options) {
    return List.of("flink", "flinkrunner").contains(options.runner().toLowerCase(Locale.ROOT));
  }

  private Engine local(int parallelism) {
    return switch (options.runner().toLowerCase(Locale.ROOT)) {
      case "direct", "directrunner" -> new DirectEngine(with("--targetParallelism=", parallelism));
      case "flink", "flinkrunner" -> new FlinkEngine(with("--parallelism=", parallelism));
      default ->
          throw new HeadwaterException(
              HeadwaterException.Kind.USAGE,
              "There is no runner '" + options.runner() + "'.",
              "write --runner=direct or --runner=flink.");
    };
  }

  /** Each is made once: it keeps the slots that it found free. */
  private Engine cluster(String name, int parallelism) {
    return clusters.computeIfAbsent(
        name + " " + parallelism,
        unused ->
            engine.engine(
                Cluster.of(name, project.clusters()), with("--parallelism=", parallelism)));
  }

  /** What the command says counts more than what the project does. */
  private List<String> with(String option, int parallelism) {
    List<String> all = new ArrayList<>(options.beam());
    if (parallelism > 0 && all.stream().noneMatch(o -> o.startsWith(option))) {
      all.add(option + parallelism);
    }
    return all;
  }
}

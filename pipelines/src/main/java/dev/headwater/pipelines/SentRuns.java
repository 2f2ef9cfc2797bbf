package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The runs whose work was sent to clusters, by what people call them. */
final class SentRuns {
  private static final int UUID_LENGTH = 36;

  private final Stages stages;

  SentRuns(Stages stages) {
    this.stages = stages;
  }

  /**
   * The one run that this means: its target, its id, the cluster's id of its job, the beginning of
   * one of these, or the job's name. One that is open comes first, and of a target the newest.
   *
   * @throws HeadwaterException USAGE if there is none, or more than one; UNREACHABLE if a cluster
   *     that may know it does not answer
   */
  Run find(String meant) {
    List<Run> open = runs().allOpen(project()).stream().filter(SentRuns::sent).toList();
    List<Run> fit = open.stream().filter(run -> means(meant, run)).toList();
    if (fit.stream().map(Run::target).distinct().count() > 1) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "'" + meant + "' means " + fit.size() + " runs: " + told(fit) + ".",
          "write more of the one that is meant.");
    }
    if (!fit.isEmpty()) {
      return fit.get(0);
    }
    return atClusters(meant, open)
        .or(() -> runs().beginning(project(), meant).stream().filter(SentRuns::sent).findFirst())
        .orElseThrow(
            () ->
                new HeadwaterException(
                    HeadwaterException.Kind.USAGE,
                    "Nothing that project "
                        + project()
                        + " has sent to a cluster is '"
                        + meant
                        + "'.",
                    open.isEmpty()
                        ? "no run of it is open there; headwater runs lists those that have ended."
                        : "name one of " + told(open) + "."));
  }

  /** By the jobs that clusters have, of runs that have ended too. */
  private Optional<Run> atClusters(String meant, List<Run> open) {
    Set<String> clusters = new LinkedHashSet<>();
    open.forEach(run -> clusters.add(cluster(run)));
    clusters.addAll(stages.project().clusters().keySet());
    HeadwaterException silent = null;
    for (String cluster : clusters) {
      try {
        Optional<Run> run =
            stages.engine().on(cluster).named(meant).flatMap(SentRuns::id).flatMap(runs()::find);
        if (run.filter(r -> r.project().equals(project())).isPresent()) {
          return run;
        }
      } catch (HeadwaterException e) {
        if (e.kind() != HeadwaterException.Kind.UNREACHABLE) {
          throw e;
        }
        silent = e;
      }
    }
    if (silent != null) {
      throw silent;
    }
    return Optional.empty();
  }

  /** What the name of a stage's job ends in. */
  private static Optional<UUID> id(String job) {
    try {
      return Optional.of(UUID.fromString(job.substring(Math.max(0, job.length() - UUID_LENGTH))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean means(String meant, Run run) {
    String target = run.target();
    return target.equals(meant)
        || target.substring(target.indexOf('/') + 1).equals(meant)
        || run.id().toString().startsWith(meant);
  }

  private static boolean sent(Run run) {
    return run.parameters().containsKey(TopicEdge.CLUSTER);
  }

  /** The cluster that a run was sent to. */
  static String cluster(Run run) {
    return run.parameters().getOrDefault(TopicEdge.CLUSTER, "");
  }

  private static String told(List<Run> runs) {
    return runs.stream()
        .map(run -> run.target() + " (run " + run.id() + ")")
        .collect(Collectors.joining(", "));
  }

  private Runs runs() {
    return stages.workspace().registry().runs();
  }

  private String project() {
    return stages.project().name();
  }
}

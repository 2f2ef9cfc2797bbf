package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A target's turn in a run of the project: under its lock, what a killed run left is adopted, then
 * it is found out whether the target is stale, and if so its job is done and recorded.
 */
final class Turn {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final Workspace workspace;
  private final Engine engine;
  private final Chronicle chronicle;
  private final Progress progress;
  private final UUID parent;
  private final Runnable first;

  /**
   * @param parent the run that this turn is a part of
   * @param first what to do before the first work; may be done again
   */
  Turn(Stages stages, Chronicle chronicle, Progress progress, UUID parent, Runnable first) {
    this.workspace = stages.workspace();
    this.engine = stages.engine();
    this.chronicle = chronicle;
    this.progress = progress;
    this.parent = parent;
    this.first = first;
  }

  /** Brings the target up to date, or does it anyway where {@code force} says so. */
  StageResult take(Job job, boolean force) {
    String project = workspace.project().name();
    Target target = job.target();
    Locks locks = workspace.registry().locks();
    Optional<Locks.Lock> free = locks.tryLock(project, target.toString(), LEASE);
    if (free.isEmpty() && streams(target)) {
      // What needs it goes on with what it has committed.
      return StageResult.fresh(target, "streams elsewhere", "");
    }
    try (Locks.Lock lock = free.orElseThrow(() -> held(locks, project, target))) {
      Runs runs = workspace.registry().runs();
      StageResult adopted = adopt(job, runs.open(project, target.toString()));
      List<Edge> inputs = job.inputs();
      Optional<Run> last = runs.lastSucceeded(project, target.toString());
      List<String> reasons = Staleness.reasons(job, last, inputs);
      if (reasons.isEmpty() && !force) {
        return adopted != null ? adopted : StageResult.fresh(target, "fresh", made(last));
      }
      lock.check();
      first.run();
      Map<String, String> parameters = new LinkedHashMap<>(job.parameters());
      parameters.put(Staleness.DECLARATION, job.declaration());
      Run run =
          Run.open(
              project,
              target.kind().stage(),
              target.toString(),
              parent,
              inputs,
              parameters,
              Hash.sha256(job.declaration()),
              job.version());
      runs.start(run);
      return work(job, run, reasons.isEmpty() ? "forced" : String.join("; ", reasons));
    }
  }

  /** Closes or finishes what a killed run had begun. */
  private @Nullable StageResult adopt(Job job, Optional<Run> open) {
    if (open.isEmpty()) {
      return null;
    }
    Run run = open.get();
    Optional<Made> made = job.find(run);
    if (made.isPresent()) {
      return close(job, run, made.get(), 0);
    }
    if (!there(job, run)) {
      abandon(run, "its files have changed");
      return null;
    }
    if (run.stageVersion().equals(job.version())
        && job.declaration().equals(run.parameters().get(Staleness.DECLARATION))) {
      return work(job, run, "finishing the run that was interrupted");
    }
    abandon(run, "its declaration has changed");
    return null;
  }

  /** Whether the files that a run has pinned are still what they were; snapshots always are. */
  private static boolean there(Job job, Run run) {
    List<Edge> files = run.inputs().stream().filter(e -> e.kind().equals("file")).toList();
    return files.isEmpty() || job.inputs().containsAll(files);
  }

  private StageResult work(Job job, Run run, String why) {
    Target target = job.target();
    progress.started(target, why);
    long began = System.nanoTime();
    try {
      chronicle.started(run);
      return close(job, run, make(job, run), seconds(began));
    } catch (RuntimeException | Error e) {
      try {
        // What failed may have come after the commit: then the run is done all the same.
        Optional<Made> made = job.find(run);
        if (made.isPresent()) {
          return close(job, run, made.get(), seconds(began));
        }
        // What may commit yet stays open, for the next to adopt under the same token.
        if (!(e instanceof OutcomeUnknownException)) {
          fail(run, e.getMessage() == null ? e.toString() : e.getMessage());
        }
      } catch (RuntimeException unanswered) {
        // The catalog doesn't answer, or its disk is full: the run stays open for the next to
        // adopt.
        e.addSuppressed(unanswered);
      }
      throw e;
    }
  }

  private Made make(Job job, Run run) {
    Target target = job.target();
    try {
      return job.make(run, (rows, total, doing) -> progress.advanced(target, rows, total, doing));
    } finally {
      Workspace.delete(workspace.scratch(run.id()));
    }
  }

  private StageResult close(Job job, Run run, Made made, double seconds) {
    Map<String, Double> metrics = new LinkedHashMap<>(made.metrics());
    metrics.put("seconds", seconds);
    Run closed =
        workspace
            .registry()
            .runs()
            .finish(run.id(), Run.Status.SUCCEEDED, made.outputs(), metrics, null);
    chronicle.ended(closed);
    Map<String, Object> facts = new LinkedHashMap<>(made.metrics());
    facts.put("run", run.id().toString());
    facts.put("outputs", made.outputs().stream().map(Edge::toString).toList());
    return StageResult.done(job.target(), made.rows(), made.note(), seconds, made.where(), facts);
  }

  /** What it left at work somewhere must not commit after the run that takes its place. */
  private void abandon(Run run, String why) {
    engine.stop(run.id().toString());
    fail(run, "Abandoned: it was interrupted, and " + why + " since.");
  }

  private void fail(Run run, String error) {
    Run closed =
        workspace.registry().runs().finish(run.id(), Run.Status.FAILED, List.of(), Map.of(), error);
    chronicle.ended(closed);
  }

  private static String made(Optional<Run> last) {
    return last.flatMap(run -> run.outputs().stream().findFirst())
        .map(
            edge ->
                edge.kind().equals("table")
                    ? edge.version().isEmpty()
                        ? "empty"
                        : "snapshot " + StageResult.brief(Long.parseLong(edge.version()))
                    : edge.name() + "@" + edge.version())
        .orElse("");
  }

  private boolean streams(Target target) {
    return workspace
        .registry()
        .runs()
        .open(workspace.project().name(), target.toString())
        .filter(TopicEdge::streams)
        .isPresent();
  }

  static HeadwaterException held(Locks locks, String project, Target target) {
    String by =
        locks
            .holder(project, target.toString())
            .map(h -> "process " + h.pid() + " on " + h.host() + " since " + h.since())
            .orElse("another run");
    return new HeadwaterException(
        HeadwaterException.Kind.UNREACHABLE,
        "Cannot run " + target + ": " + by + " is at it.",
        "wait until it has finished, or stop it; a run whose process is gone is taken over.");
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}

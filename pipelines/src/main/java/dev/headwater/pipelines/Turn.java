package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.pipelines.project.Target;
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
  private final Workspace workspace;
  private final Engine engine;
  private final Deferral deferral;
  private final RunWork work;
  private final LockWait locks;
  private final UUID parent;
  private final Runnable first;

  /**
   * @param parent the run that this turn is a part of
   * @param first what to do before the first work; may be done again
   */
  Turn(Stages stages, Chronicle chronicle, Progress progress, UUID parent, Runnable first) {
    this.workspace = stages.workspace();
    this.engine = stages.engine();
    this.deferral = stages.deferral();
    this.work = new RunWork(stages, chronicle, progress);
    this.locks = stages.locks();
    this.parent = parent;
    this.first = first;
  }

  /** Brings the target up to date, or does it anyway where {@code force} says so. */
  StageResult take(Job job, boolean force) {
    Target target = job.target();
    Optional<Locks.Lock> own = lock(target);
    if (own.isEmpty()) {
      // What needs it goes on with what it has committed.
      return StageResult.fresh(target, "streams elsewhere", "");
    }
    try (Locks.Lock lock = own.get()) {
      return Recompute.ifOvertaken(
          () -> {
            // Who was paused, and overtaken by who took the lock, has nothing to do over.
            lock.confirm();
            return once(job, force, lock);
          });
    }
  }

  /** The target's lock; who has it is waited for. Empty if that is a stream. */
  private Optional<Locks.Lock> lock(Target target) {
    Optional<Locks.Lock> lock =
        locks.until(() -> streams(target) || locks.isOver(), target, target.toString());
    if (lock.isEmpty() && !streams(target)) {
      throw held(workspace.registry().locks(), workspace.project().name(), target);
    }
    return lock;
  }

  private StageResult once(Job job, boolean force, Locks.Lock lock) {
    String project = workspace.project().name();
    Target target = job.target();
    new Claims(workspace).check(target);
    Runs runs = workspace.registry().runs();
    Optional<Run> open = runs.open(project, target.toString());
    if (open.filter(run -> TopicEdge.goesOn(run, engine)).isPresent()) {
      return StageResult.fresh(target, "streams elsewhere", "");
    }
    StageResult adopted = adopt(job, lock, open);
    Optional<String> waits = job.waits();
    if (waits.isPresent()) {
      return StageResult.waits(target, waits.get());
    }
    List<Edge> inputs = job.inputs();
    Optional<Run> last = runs.lastSucceeded(project, target.toString());
    List<String> reasons = Staleness.reasons(job, last, inputs);
    if (reasons.isEmpty() && !force) {
      return adopted != null ? adopted : StageResult.fresh(target, "fresh", made(last));
    }
    lock.check();
    first.run();
    Map<String, String> parameters = workspace.parameters(job.parameters());
    parameters.put(Staleness.DECLARATION, job.declaration());
    parameters.putAll(deferral.parameters(workspace.project(), target));
    String why = reasons.isEmpty() ? "forced" : String.join("; ", reasons);
    parameters.put(Staleness.WHY, why);
    if (!engine.cluster().isEmpty()) {
      parameters.put(TopicEdge.CLUSTER, engine.cluster());
    }
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
    return work.of(job, run, lock, why);
  }

  /** Closes or finishes what a killed run had begun. */
  private @Nullable StageResult adopt(Job job, Locks.Lock lock, Optional<Run> open) {
    if (open.isEmpty()) {
      return null;
    }
    Run run = open.get();
    Optional<Made> made = job.find(run);
    if (made.isPresent()) {
      return work.close(job, run, made.get(), Spent.NOTHING);
    }
    if (!there(job, run)) {
      return abandon(job, run, "its files have changed");
    }
    if (Staleness.sameStage(run.stageVersion(), job.version())
        && job.declaration().equals(run.parameters().get(Staleness.DECLARATION))) {
      return work.of(job, run, lock, "finishing the run that was interrupted");
    }
    return abandon(job, run, "its declaration has changed");
  }

  private @Nullable StageResult abandon(Job job, Run run, String why) {
    return work.abandon(job, run, why)
        .map(made -> work.close(job, run, made, Spent.NOTHING))
        .orElse(null);
  }

  /** Whether the files that a run has pinned are still what they were; snapshots always are. */
  private static boolean there(Job job, Run run) {
    List<Edge> files = run.inputs().stream().filter(e -> e.kind().equals("file")).toList();
    return files.isEmpty() || job.inputs().containsAll(files);
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
    return new HeadwaterException(
        HeadwaterException.Kind.UNREACHABLE,
        "Cannot run " + target + ": " + locks.by(project, target.toString()) + " is at it.",
        "wait until it has finished, or stop it; a run whose process is gone is taken over.");
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The work of a run that was sent to a cluster and left there: waited for from here, under its
 * target's lock, until it ends; then its run is closed as a run here closes it. Nothing is sent,
 * and what is at work goes on when nobody waits any more, so who watches may come and go.
 */
final class SentWork {
  private final Stages stages;
  private final Chronicle chronicle;
  private final Progress progress;
  private final BooleanSupplier stopped;

  /**
   * @param stages where it is at work
   * @param stopped asked several times a second
   */
  SentWork(Stages stages, Chronicle chronicle, Progress progress, BooleanSupplier stopped) {
    this.stages = stages;
    this.chronicle = chronicle;
    this.progress = progress;
    this.stopped = stopped;
  }

  /**
   * Waits for it.
   *
   * @throws SentException if nobody waits for it any more; the run stays open
   * @throws OutcomeUnknownException if nobody can tell how it stands; the run stays open
   */
  StageResult watch(Run sent) {
    Target target = stages.project().target(sent.target());
    try (Locks.@Nullable Lock lock = lock(sent, target)) {
      Run run = runs().find(sent.id()).orElseThrow();
      if (run.status() != Run.Status.OPEN) {
        return ended(run, target);
      }
      if (lock == null) {
        throw SentException.goesOn(target, stages.engine());
      }
      Job job = stages.job(target);
      if (TopicEdge.streams(run) && job instanceof TopicJob topic) {
        UUID parent = Objects.requireNonNullElse(run.parent(), run.id());
        return new StreamTurn(stages, chronicle, progress, parent).watch(topic, run, stopped);
      }
      progress.started(target, "on " + stages.engine().cluster());
      return RunWork.logged(run, () -> await(job, run, lock));
    }
  }

  /** The target's lock; null if the run is closed meanwhile, or nobody waits any more. */
  private Locks.@Nullable Lock lock(Run run, Target target) {
    return LockWait.of(stages.workspace(), LaunchOptions.FOREVER, progress)
        .until(() -> stopped.getAsBoolean() || !isOpen(run), target, target.toString())
        .orElse(null);
  }

  private boolean isOpen(Run run) {
    return runs().find(run.id()).filter(r -> r.status() == Run.Status.OPEN).isPresent();
  }

  private StageResult await(Job job, Run run, Locks.Lock lock) {
    RunWork work = new RunWork(stages, chronicle, progress);
    Target target = job.target();
    RuntimeException failure = null;
    Engine.Watch watch =
        (rows, doing) -> {
          lock.check();
          progress.advanced(target, rows, -1, doing);
        };
    try {
      if (!stages.engine().await(run.id().toString(), run.stage(), stopped, watch)) {
        throw SentException.goesOn(target, stages.engine());
      }
    } catch (OutcomeUnknownException e) {
      throw e;
    } catch (RuntimeException e) {
      failure = work.told(e, target);
    }
    // The run of who has lost its lock is another's, to finish and to close.
    lock.check();
    if (failure != null) {
      work.end(job, run);
    }
    Optional<Made> made = job.find(run);
    Workspace.delete(stages.workspace().scratch(run.id()));
    Spent spent = new Spent(Duration.between(run.started(), Instant.now()).toMillis() / 1e3, -1, 1);
    if (made.isPresent()) {
      return work.close(job, run, made.get(), spent);
    }
    RuntimeException told =
        failure != null
            ? failure
            : new HeadwaterException(
                HeadwaterException.Kind.FAILED,
                "The job of " + target + " has ended and has committed nothing.",
                "look at the cluster's log, then run again.");
    work.fail(run, told, spent);
    throw told;
  }

  /** Somebody else has closed it. */
  private static StageResult ended(Run run, Target target) {
    double seconds =
        Duration.between(run.started(), Objects.requireNonNullElse(run.ended(), run.started()))
                .toMillis()
            / 1e3;
    if (run.status() == Run.Status.FAILED) {
      return StageResult.failed(
          target,
          seconds,
          new HeadwaterException(
              HeadwaterException.Kind.FAILED,
              "The run of " + target + " has failed: " + run.error(),
              "headwater runs show " + run.id() + " has it whole."));
    }
    Map<String, Object> facts = new LinkedHashMap<>(run.metrics());
    facts.put("run", run.id().toString());
    facts.put("outputs", run.outputs().stream().map(Object::toString).toList());
    String made = String.join(", ", run.outputs().stream().map(Object::toString).toList());
    return StageResult.done(target, -1, "closed before", seconds, made, facts);
  }

  private Runs runs() {
    return stages.workspace().registry().runs();
  }
}

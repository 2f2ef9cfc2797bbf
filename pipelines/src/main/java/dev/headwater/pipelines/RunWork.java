package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Fence;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.RunRules;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The work of one run, under its target's lock: tried again under the same token where something
 * did not answer, ended when its time is over, and closed in the registry however it ended.
 */
final class RunWork {
  private final Workspace workspace;
  private final Engine engine;
  private final Chronicle chronicle;
  private final Progress progress;
  private final RunRules rules;

  RunWork(Stages stages, Chronicle chronicle, Progress progress) {
    this.workspace = stages.workspace();
    this.engine = stages.engine();
    this.chronicle = chronicle;
    this.progress = progress;
    this.rules = workspace.project().runs();
  }

  /** Does a run's work, and closes it. */
  StageResult of(Job job, Run run, Locks.Lock lock, String why) {
    progress.started(job.target(), engine.place().isEmpty() ? why : why + ", on " + engine.place());
    return logged(run, () -> attempts(job, run, lock));
  }

  /** Each line that is logged says so, in threads too that begin from here. */
  static StageResult logged(Run run, Supplier<StageResult> work) {
    MDC.put("run", run.id().toString());
    MDC.put("stage", run.stage());
    MDC.put("target", run.target());
    try {
      return work.get();
    } finally {
      MDC.clear();
    }
  }

  private StageResult attempts(Job job, Run run, Locks.Lock lock) {
    try (Spent.Begun began = Spent.Begun.now(engine.isHere())) {
      chronicle.started(run);
      for (int attempt = 1; ; attempt++) {
        try {
          return close(job, run, make(job, run, lock), began.spent(attempt));
        } catch (SentException e) {
          throw e;
        } catch (RuntimeException | Error e) {
          Optional<Made> made = after(e, job, run, lock, began.spent(attempt));
          if (made.isPresent()) {
            return close(job, run, made.get(), began.spent(attempt));
          }
        }
      }
    }
  }

  private Made make(Job job, Run run, Locks.Lock lock) {
    Target target = job.target();
    Job.Watch watch =
        (rows, total, doing) -> {
          // Who was paused, and has lost its lock meanwhile, learns it here.
          lock.check();
          progress.advanced(target, rows, total, doing);
        };
    boolean sent = false;
    try {
      lock.check();
      return rules
          .timeout(target)
          .map(limit -> TimeLimit.within(limit, "run " + target, () -> job.make(run, watch)))
          .orElseGet(() -> job.make(run, watch));
    } catch (SentException e) {
      sent = true;
      throw e;
    } finally {
      if (!sent && !lost(lock)) {
        Workspace.delete(workspace.scratch(run.id()));
      }
    }
  }

  /**
   * What failed may have come after the commit: then the run is done all the same. Returns empty,
   * after a pause, if it is to be tried again.
   */
  private Optional<Made> after(Throwable e, Job job, Run run, Locks.Lock lock, Spent spent) {
    boolean known = false;
    // Who is told to end closes its run before.
    boolean interrupted = Thread.interrupted();
    try {
      // The run of who has lost its lock is another's, to finish and to close.
      lock.check();
      if (interrupted || e instanceof TimeLimit.OverException) {
        end(job, run);
      }
      Optional<Made> made = job.find(run);
      if (made.isPresent()) {
        return made;
      }
      known = true;
    } catch (RuntimeException unanswered) {
      // The catalog doesn't answer, or its disk is full: the run stays open for the next to adopt.
      e.addSuppressed(unanswered);
    }
    RuntimeException told = interrupted ? interrupted(e, job.target()) : told(e, job.target());
    Optional<Duration> pause =
        FailureClass.passes(told) ? rules.pause(spent.attempts()) : Optional.empty();
    if (pause.isPresent()
        && !lost(lock)
        && waited(job.target(), told, pause.get(), spent.attempts())) {
      return Optional.empty();
    }
    // What may commit yet stays open, for the next to adopt under the same token.
    if (known && !(e instanceof OutcomeUnknownException)) {
      fail(run, told, spent);
    }
    if (e instanceof Error error) {
      throw error;
    }
    throw tried(told, spent.attempts());
  }

  RuntimeException told(Throwable e, Target target) {
    return e instanceof RuntimeException thrown
        ? Failure.of(thrown, "run " + target, workspace.home())
        : new IllegalStateException(e.toString(), e);
  }

  private static RuntimeException interrupted(Throwable e, Target target) {
    return new HeadwaterException(
        HeadwaterException.Kind.FAILED,
        "The run of " + target + " was interrupted.",
        "run it again.",
        e);
  }

  private static RuntimeException tried(RuntimeException told, int attempts) {
    return attempts > 1 && told instanceof HeadwaterException known
        ? new HeadwaterException(
            known.kind(), known.what() + " It was tried " + attempts + " times.", known.fix(), told)
        : told;
  }

  private boolean waited(Target target, RuntimeException told, Duration pause, int attempt) {
    String what = told instanceof HeadwaterException known ? known.what() : String.valueOf(told);
    progress.waits(
        target,
        "%s Again in %.1f s (attempt %d of %d)."
            .formatted(what, pause.toMillis() / 1e3, attempt + 1, rules.retries() + 1));
    try {
      Thread.sleep(pause.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether the lock is another's now; while nobody can tell, it isn't. */
  private static boolean lost(Locks.Lock lock) {
    try {
      lock.check();
      return false;
    } catch (HeadwaterException e) {
      return e.kind() == HeadwaterException.Kind.REFUSED;
    }
  }

  /** Closes a run that has made something. */
  StageResult close(Job job, Run run, Made made, Spent spent) {
    Map<String, Double> metrics = new LinkedHashMap<>(made.metrics());
    metrics.putAll(spent.figures());
    Run closed =
        workspace
            .registry()
            .runs()
            .finish(run.id(), Run.Status.SUCCEEDED, made.outputs(), metrics, null);
    chronicle.ended(closed);
    Map<String, Object> facts = new LinkedHashMap<>(made.metrics());
    facts.put("run", run.id().toString());
    facts.put("outputs", made.outputs().stream().map(Edge::toString).toList());
    return StageResult.done(
        job.target(), made.rows(), made.note(), spent.seconds(), made.where(), facts);
  }

  /**
   * Closes a run that another takes the place of, unless it has made something by then.
   *
   * @return what it has made
   */
  Optional<Made> abandon(Job job, Run run, String why) {
    end(job, run);
    Optional<Made> made = job.find(run);
    if (made.isEmpty()) {
      fail(run, "Abandoned: it was interrupted, and " + why + " since.", Spent.NOTHING);
    }
    return made;
  }

  /** When this has returned, nothing that is still at work for the run commits any more. */
  void end(Job job, Run run) {
    engine.stop(run.id().toString());
    Target target = job.target();
    if (target.kind() == Target.Kind.MODEL) {
      // Its version is refused once the run is closed.
      return;
    }
    // Its letters come only after the table's commit, which may be there by now.
    TableRef ref = workspace.table(target.name());
    Fence.raise(workspace.catalog(ref), ref, run.id().toString());
  }

  /** Closes a run that has made nothing. */
  void fail(Run run, RuntimeException told, Spent spent) {
    fail(run, message(told), spent);
  }

  private void fail(Run run, String error, Spent spent) {
    Run closed =
        workspace
            .registry()
            .runs()
            .finish(run.id(), Run.Status.FAILED, List.of(), spent.figures(), error);
    chronicle.ended(closed);
  }

  private static String message(RuntimeException told) {
    @Nullable String message = told.getMessage();
    return "%s (%s)".formatted(message == null ? told : message, FailureClass.of(told));
  }
}

package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Does the work of targets side by side: each begins when all that it needs has ended well and its
 * place has room, in their order, and none overtakes one of its place that waits for room. What
 * needs one that has not ended well is skipped, and nothing else is.
 */
final class SideBySide {
  private final Project project;
  private final Room room;
  private final int most;
  private final Function<Target, StageResult> work;
  private final Consumer<StageResult> skipped;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "headwater-target");
            thread.setDaemon(true);
            return thread;
          });
  private final CompletionService<StageResult> done = new ExecutorCompletionService<>(threads);

  /** What has not begun, each with all that it needs. */
  private final Map<Target, List<Target>> waiting = new LinkedHashMap<>();

  private final Set<Target> running = new HashSet<>();
  private final Map<Target, StageResult> results = new HashMap<>();

  /**
   * The work of one run.
   *
   * @param most so many targets at once, wherever they run; 0: as many as there is room for
   * @param work does a target's work, in a thread of its own; whatever comes of it is a result
   * @param skipped told of what is not tried, in the thread that runs
   */
  SideBySide(
      Project project,
      Room room,
      int most,
      Function<Target, StageResult> work,
      Consumer<StageResult> skipped) {
    this.project = project;
    this.room = room;
    this.most = most;
    this.work = work;
    this.skipped = skipped;
  }

  /**
   * Does all of it, once. A thread that is interrupted ends those that are at work, begins no other
   * and returns, interrupted, when they have closed their runs.
   *
   * @param targets each after what it needs
   * @return what came of them, in their order
   */
  List<StageResult> run(List<Target> targets) {
    targets.forEach(target -> waiting.put(target, project.needs(target)));
    try {
      begin();
      while (!running.isEmpty()) {
        ended(done.take());
        begin();
      }
    } catch (InterruptedException e) {
      end();
      for (Future<StageResult> last = done.poll(); last != null; last = done.poll()) {
        ended(last);
      }
      List.copyOf(waiting.keySet())
          .forEach(target -> skip(StageResult.waits(target, "interrupted")));
      Thread.currentThread().interrupt();
    } finally {
      end();
    }
    return targets.stream().map(results::get).map(Objects::requireNonNull).toList();
  }

  /** Begins what can begin now. */
  private void begin() {
    Set<String> full = new HashSet<>();
    for (Target target : List.copyOf(waiting.keySet())) {
      if (most > 0 && running.size() >= most) {
        return;
      }
      List<Target> needs = waiting.getOrDefault(target, List.of());
      Optional<Target> missing = needs.stream().filter(this::isMissing).findFirst();
      if (missing.isPresent()) {
        skip(StageResult.skipped(target, missing.get()));
      } else if (needs.stream().noneMatch(this::isToCome) && !room.mustWait(target)) {
        if (!full.contains(room.place(target)) && room.fits(target)) {
          begin(target);
        } else {
          full.add(room.place(target));
        }
      }
    }
  }

  private boolean isMissing(Target needed) {
    StageResult result = results.get(needed);
    return result != null && !result.isGood();
  }

  private boolean isToCome(Target needed) {
    return waiting.containsKey(needed) || running.contains(needed);
  }

  private void begin(Target target) {
    waiting.remove(target);
    running.add(target);
    room.take(target);
    var unused = done.submit(() -> work.apply(target));
  }

  private void skip(StageResult result) {
    waiting.remove(result.target());
    results.put(result.target(), result);
    skipped.accept(result);
  }

  private void ended(Future<StageResult> future) {
    try {
      StageResult result = future.get();
      running.remove(result.target());
      room.free(result.target());
      results.put(result.target(), result);
    } catch (ExecutionException e) {
      // What fails a stage is its result: this is the whole process's.
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("it has ended, and is waited for", e);
    }
  }

  /** Ends what is at work, and returns when it has closed its runs. */
  private void end() {
    threads.shutdownNow();
    boolean interrupted = Thread.interrupted();
    while (!threads.isTerminated()) {
      try {
        var unused = threads.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

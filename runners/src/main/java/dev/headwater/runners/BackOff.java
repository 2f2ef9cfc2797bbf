package dev.headwater.runners;

import dev.headwater.pipelines.PlanReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Targets that failed wait before they are tried again, twice as long each time: what did not
 * answer from 10 seconds to 10 minutes, anything else from a minute to an hour. What needs them
 * waits with them; all others don't.
 */
final class BackOff {
  private static final int UNREACHABLE = 5;

  private record Wait(int failures, long until) {}

  private final LongSupplier clock;
  private final Map<Target, Wait> waits = new HashMap<>();

  /**
   * Nothing waits yet.
   *
   * @param clock nanoseconds
   */
  BackOff(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * What need not wait, in the plan's order, if any of it is stale. The fresh ones are among it:
   * they may not be by the time that the others run.
   */
  List<Target> ready(Project project, List<PlanReport.Step> steps) {
    long now = clock.getAsLong();
    List<Target> ready = new ArrayList<>();
    Set<Target> blocked = new HashSet<>();
    for (PlanReport.Step step : steps) {
      Target target = step.target();
      if (!step.stale()) {
        waits.remove(target);
        ready.add(target);
      } else if (waiting(target, now)
          || project.needs(target).stream().anyMatch(blocked::contains)) {
        blocked.add(target);
      } else {
        ready.add(target);
      }
    }
    return steps.stream().anyMatch(s -> s.stale() && ready.contains(s.target()))
        ? ready
        : List.of();
  }

  private boolean waiting(Target target, long now) {
    Wait wait = waits.get(target);
    return wait != null && wait.until - now > 0;
  }

  /**
   * Takes note of how a target ended; the time until it is tried again, zero if it did not fail.
   */
  Duration ended(StageResult result) {
    Target target = result.target();
    if (result.status() != StageResult.Status.FAILED) {
      if (result.status() != StageResult.Status.SKIPPED) {
        waits.remove(target);
      }
      return Duration.ZERO;
    }
    boolean away = result.failure() != null && Failures.exitStatus(result.failure()) == UNREACHABLE;
    int before = waits.containsKey(target) ? waits.get(target).failures : 0;
    Duration first = away ? Duration.ofSeconds(10) : Duration.ofMinutes(1);
    Duration most = away ? Duration.ofMinutes(10) : Duration.ofHours(1);
    Duration wait = first.multipliedBy(1L << Math.min(before, 10));
    Duration until = wait.compareTo(most) > 0 ? most : wait;
    waits.put(target, new Wait(before + 1, clock.getAsLong() + until.toNanos()));
    return until;
  }
}

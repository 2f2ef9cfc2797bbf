package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.PlanReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Targets that failed wait before they are tried again, twice as long each time: what did not
 * answer from 10 seconds to 10 minutes, anything else from a minute to an hour; but bad data until
 * it has changed, since the same rows fail the same way. What has changed is tried at once. What
 * needs them waits with them; all others don't.
 */
final class BackOff {
  private static final int DATA = HeadwaterException.Kind.DATA.exitStatus();
  private static final int UNREACHABLE = HeadwaterException.Kind.UNREACHABLE.exitStatus();

  /** The pause of what waits for a change. */
  static final Duration CHANGE = ChronoUnit.FOREVER.getDuration();

  /**
   * One that failed.
   *
   * @param until null: until it has changed
   * @param state of the plan's step that failed; may be empty
   */
  private record Wait(int failures, @Nullable Long until, String state) {}

  private final LongSupplier clock;
  private final Map<Target, Wait> waits = new HashMap<>();
  private final Map<Target, String> states = new HashMap<>();

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
      states.put(target, step.state());
      if (!step.stale()) {
        waits.remove(target);
        ready.add(target);
      } else if (waiting(step, now) || project.needs(target).stream().anyMatch(blocked::contains)) {
        blocked.add(target);
      } else {
        ready.add(target);
      }
    }
    return steps.stream().anyMatch(s -> s.stale() && ready.contains(s.target()))
        ? ready
        : List.of();
  }

  private boolean waiting(PlanReport.Step step, long now) {
    Wait wait = waits.get(step.target());
    if (wait == null) {
      return false;
    }
    if (!wait.state.isEmpty() && !step.state().isEmpty() && !wait.state.equals(step.state())) {
      return false;
    }
    return wait.until == null || wait.until - now > 0;
  }

  /**
   * Takes note of how a target ended; the time until it is tried again, zero if it did not fail,
   * {@link #CHANGE} if it waits for one.
   */
  Duration ended(StageResult result) {
    Target target = result.target();
    if (result.status() != StageResult.Status.FAILED) {
      if (result.status() != StageResult.Status.SKIPPED) {
        waits.remove(target);
      }
      return Duration.ZERO;
    }
    int status = result.failure() == null ? 1 : Failures.exitStatus(result.failure());
    boolean away = status == UNREACHABLE;
    String state = states.getOrDefault(target, "");
    int before = waits.containsKey(target) ? waits.get(target).failures : 0;
    if (status == DATA && !state.isEmpty()) {
      waits.put(target, new Wait(before + 1, null, state));
      return CHANGE;
    }
    Duration first = away ? Duration.ofSeconds(10) : Duration.ofMinutes(1);
    Duration most = away ? Duration.ofMinutes(10) : Duration.ofHours(1);
    Duration wait = first.multipliedBy(1L << Math.min(before, 10));
    Duration until = wait.compareTo(most) > 0 ? most : wait;
    waits.put(target, new Wait(before + 1, clock.getAsLong() + until.toNanos(), state));
    return until;
  }
}

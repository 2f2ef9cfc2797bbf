package dev.headwater.pipelines.project;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the project's runs are carried out; no part of what its targets are.
 *
 * @param retries how often a stage is tried again when something it needs does not answer
 * @param first the pause before the first of them; each later one is twice as long
 * @param longest no pause is longer
 * @param timeout how long a stage may take; null: as long as it takes
 * @param timeouts the same by the name of a target or of a stage
 */
public record RunRules(
    int retries,
    Duration first,
    Duration longest,
    @Nullable Duration timeout,
    Map<String, Duration> timeouts) {
  /** What holds where nothing is said. */
  public static final RunRules DEFAULT =
      new RunRules(3, Duration.ofSeconds(2), Duration.ofMinutes(1), null, Map.of());

  public RunRules {
    timeouts = Map.copyOf(timeouts);
  }

  /** With other retries. */
  public RunRules retry(int times, Duration firstPause, Duration longestPause) {
    return new RunRules(times, firstPause, longestPause, timeout, timeouts);
  }

  /** With a limit for every stage that has none of its own. */
  public RunRules timeout(Duration each) {
    return new RunRules(retries, first, longest, each, timeouts);
  }

  /**
   * With limits of some stages.
   *
   * @param each by the name of a target ("late") or of a stage ("train")
   */
  public RunRules timeouts(Map<String, Duration> each) {
    return new RunRules(retries, first, longest, timeout, each);
  }

  /**
   * How long to wait after an attempt that failed; empty if it was the last.
   *
   * @param attempt from 1
   */
  public Optional<Duration> pause(int attempt) {
    if (attempt > retries) {
      return Optional.empty();
    }
    Duration pause = first.multipliedBy(1L << Math.min(attempt - 1, 20));
    return Optional.of(pause.compareTo(longest) > 0 ? longest : pause);
  }

  /** How long a target's stage may take: as its own name says, or its stage, or all. */
  public Optional<Duration> timeout(Target target) {
    Duration own = timeouts.get(target.name());
    Duration stage = timeouts.getOrDefault(target.kind().stage(), timeout);
    return Optional.ofNullable(own == null ? stage : own);
  }
}

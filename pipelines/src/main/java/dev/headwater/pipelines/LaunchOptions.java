package dev.headwater.pipelines;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where and how to run.
 *
 * @param runner "direct" or "flink"
 * @param beam pipeline options as Beam reads them: "--flinkMaster=...", "--targetParallelism=4"
 * @param patience how long what another process is at is waited for; null: a run waits until it has
 *     finished, all else fails at once
 * @param again whether the same is run again before long, so that what is not ready yet can wait
 * @param detached what is sent to a cluster is not waited for
 * @param confirmed the environment for which it was said that what it protects may be done; null:
 *     nothing was said
 * @param defer the environment that is read where something isn't made here; null: none
 * @param told whether a lineage server is told, where there is one
 * @param due when the run was to begin by its schedule; null: it has none
 * @param parallel how many targets at once
 */
public record LaunchOptions(
    String runner,
    List<String> beam,
    @Nullable Duration patience,
    boolean again,
    boolean detached,
    @Nullable String confirmed,
    @Nullable String defer,
    boolean told,
    @Nullable Instant due,
    Parallel parallel) {
  /** As long as it takes. */
  public static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  public static final LaunchOptions DEFAULT = new LaunchOptions("direct", List.of());

  public LaunchOptions {
    beam = List.copyOf(beam);
  }

  /** Waits for what it begins, once. */
  public LaunchOptions(String runner, List<String> beam) {
    this(runner, beam, null, false, false, null, null, true, null, Parallel.DERIVED);
  }

  /** The same, waiting for others so long. */
  public LaunchOptions patient(@Nullable Duration atMost) {
    return new LaunchOptions(
        runner, beam, atMost, again, detached, confirmed, defer, told, due, parallel);
  }

  /** How long others are waited for, where so much is usual. */
  Duration patience(Duration usual) {
    return patience == null ? usual : patience;
  }

  /** The same, not waiting for what it sends. */
  public LaunchOptions detach() {
    return new LaunchOptions(
        runner, beam, patience, again, true, confirmed, defer, told, due, parallel);
  }

  /** For the first of many runs. */
  public LaunchOptions repeated() {
    return new LaunchOptions(
        runner, beam, patience, true, detached, confirmed, defer, told, due, parallel);
  }

  /** The same, of a schedule. */
  public LaunchOptions due(@Nullable Instant time) {
    return new LaunchOptions(
        runner, beam, patience, again, detached, confirmed, defer, told, time, parallel);
  }

  /** The same, with what an environment protects said to be meant. */
  public LaunchOptions confirm(@Nullable String environment) {
    return new LaunchOptions(
        runner, beam, patience, again, detached, environment, defer, told, due, parallel);
  }

  /** The same, reading from an environment what isn't here; null: from none. */
  public LaunchOptions defer(@Nullable String environment) {
    return new LaunchOptions(
        runner, beam, patience, again, detached, confirmed, environment, told, due, parallel);
  }

  /** The same, with nobody told of it. */
  public LaunchOptions untold() {
    return new LaunchOptions(
        runner, beam, patience, again, detached, confirmed, defer, false, due, parallel);
  }

  /** The same, with so many targets at once. */
  public LaunchOptions parallel(Parallel targets) {
    return new LaunchOptions(
        runner, beam, patience, again, detached, confirmed, defer, told, due, targets);
  }
}

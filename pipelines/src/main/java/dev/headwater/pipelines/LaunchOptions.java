package dev.headwater.pipelines;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where and how to run.
 *
 * @param runner "direct" or "flink"
 * @param beam pipeline options as Beam reads them: "--flinkMaster=...", "--targetParallelism=4"
 * @param patient whether a target that another run is at is waited for; otherwise it fails
 * @param again whether the same is run again before long, so that what is not ready yet can wait
 * @param detached what is sent to a cluster is not waited for
 * @param confirmed the environment for which it was said that what it protects may be done; null:
 *     nothing was said
 * @param told whether a lineage server is told, where there is one
 */
public record LaunchOptions(
    String runner,
    List<String> beam,
    boolean patient,
    boolean again,
    boolean detached,
    @Nullable String confirmed,
    boolean told) {
  public static final LaunchOptions DEFAULT = new LaunchOptions("direct", List.of());

  public LaunchOptions {
    beam = List.copyOf(beam);
  }

  /** Waits for other runs, and for what it begins, once. */
  public LaunchOptions(String runner, List<String> beam) {
    this(runner, beam, true, false, false, null, true);
  }

  /** The same, waiting for nobody. */
  public LaunchOptions impatient() {
    return new LaunchOptions(runner, beam, false, again, detached, confirmed, told);
  }

  /** The same, not waiting for what it sends. */
  public LaunchOptions detach() {
    return new LaunchOptions(runner, beam, patient, again, true, confirmed, told);
  }

  /** For the first of many runs. */
  public LaunchOptions repeated() {
    return new LaunchOptions(runner, beam, patient, true, detached, confirmed, told);
  }

  /** The same, with what an environment protects said to be meant. */
  public LaunchOptions confirm(@Nullable String environment) {
    return new LaunchOptions(runner, beam, patient, again, detached, environment, told);
  }

  /** The same, with nobody told of it. */
  public LaunchOptions untold() {
    return new LaunchOptions(runner, beam, patient, again, detached, confirmed, false);
  }
}

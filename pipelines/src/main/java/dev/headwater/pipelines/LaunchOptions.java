package dev.headwater.pipelines;

import java.util.List;

/**
 * Where and how to run.
 *
 * @param runner "direct" or "flink"
 * @param environment shown in the header
 * @param beam pipeline options as Beam reads them: "--flinkMaster=...", "--targetParallelism=4"
 * @param patient whether a target that another run is at is waited for; otherwise it fails
 * @param again whether the same is run again before long, so that what is not ready yet can wait
 * @param detached what is sent to a cluster is not waited for
 */
public record LaunchOptions(
    String runner,
    String environment,
    List<String> beam,
    boolean patient,
    boolean again,
    boolean detached) {
  public static final LaunchOptions DEFAULT = new LaunchOptions("direct", "dev", List.of());

  public LaunchOptions {
    beam = List.copyOf(beam);
  }

  /** Waits for other runs, and for what it begins, once. */
  public LaunchOptions(String runner, String environment, List<String> beam) {
    this(runner, environment, beam, true, false, false);
  }

  /** The same, waiting for nobody. */
  public LaunchOptions impatient() {
    return new LaunchOptions(runner, environment, beam, false, again, detached);
  }

  /** The same, not waiting for what it sends. */
  public LaunchOptions detach() {
    return new LaunchOptions(runner, environment, beam, patient, again, true);
  }

  /** For the first of many runs. */
  public LaunchOptions repeated() {
    return new LaunchOptions(runner, environment, beam, patient, true, detached);
  }
}

package dev.headwater.pipelines;

import java.util.List;

/**
 * Where and how to run.
 *
 * @param runner "direct" or "flink"
 * @param environment shown in the header
 * @param beam pipeline options as Beam reads them: "--flinkMaster=...", "--targetParallelism=4"
 * @param patient whether a target that another run is at is waited for; otherwise it fails
 */
public record LaunchOptions(String runner, String environment, List<String> beam, boolean patient) {
  public static final LaunchOptions DEFAULT = new LaunchOptions("direct", "dev", List.of());

  public LaunchOptions {
    beam = List.copyOf(beam);
  }

  /** Waits for other runs. */
  public LaunchOptions(String runner, String environment, List<String> beam) {
    this(runner, environment, beam, true);
  }

  /** The same, waiting for nobody. */
  public LaunchOptions impatient() {
    return new LaunchOptions(runner, environment, beam, false);
  }
}

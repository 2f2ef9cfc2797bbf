package dev.headwater.pipelines;

import java.util.List;

/**
 * Where and how to run.
 *
 * @param runner "direct" or "flink"
 * @param environment shown in the header
 * @param beam pipeline options as Beam reads them: "--flinkMaster=...", "--targetParallelism=4"
 */
public record LaunchOptions(String runner, String environment, List<String> beam) {
  public static final LaunchOptions DEFAULT = new LaunchOptions("direct", "dev", List.of());

  public LaunchOptions {
    beam = List.copyOf(beam);
  }
}

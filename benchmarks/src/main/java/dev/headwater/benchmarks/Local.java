package dev.headwater.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** This machine: its cores, the runners inside this process, its clock and its scratch folders. */
final class Local {
  static final int CORES = Runtime.getRuntime().availableProcessors();

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private Local() {}

  /** Options for {@code direct} or {@code flink}, a worker for each core, nothing checked twice. */
  static PipelineOptions options(String runner) {
    return switch (runner) {
      case "direct" -> direct();
      case "flink" -> flink();
      default -> throw new IllegalArgumentException(runner + " is neither direct nor flink");
    };
  }

  private static PipelineOptions direct() {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    options.setEnforceImmutability(false);
    options.setEnforceEncodability(false);
    options.setTargetParallelism(CORES);
    return options;
  }

  private static PipelineOptions flink() {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setFlinkMaster("[local]");
    options.setParallelism(CORES);
    options.setObjectReuse(true);
    options.setFasterCopy(true);
    return options;
  }

  /** CPU time of this process so far. */
  static long cpuNanos() {
    return SYSTEM.getProcessCpuTime();
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}

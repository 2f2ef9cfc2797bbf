package dev.headwater.runners;

import dev.headwater.pipelines.Engine;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.util.SerializedThrowable;

/** Flink by way of Beam's runner: inside this process, unless a master is named. */
final class FlinkEngine implements Engine {
  private final List<String> beam;

  FlinkEngine(List<String> beam) {
    this.beam = List.copyOf(beam);
    options("check");
  }

  @Override
  public String name() {
    return "FlinkRunner";
  }

  @Override
  public String version() {
    return EnvironmentInformation.getVersion();
  }

  @Override
  public int workers() {
    return Math.max(1, options("workers").as(FlinkPipelineOptions.class).getParallelism());
  }

  @Override
  public PipelineOptions options(String jobName) {
    FlinkPipelineOptions options = BeamOptions.parse(beam).as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setJobName(jobName);
    // Our elements are immutable, so nothing needs to be copied between chained steps.
    options.setObjectReuse(true);
    options.setFasterCopy(true);
    if (beam.stream().noneMatch(o -> o.startsWith("--flinkMaster"))) {
      options.setFlinkMaster("[local]");
    }
    if (beam.stream().noneMatch(o -> o.startsWith("--parallelism"))) {
      options.setParallelism(Runtime.getRuntime().availableProcessors());
    }
    return options;
  }

  @Override
  public void run(Pipeline pipeline, String stage, LongConsumer rows) {
    try {
      pipeline.run().waitUntilFinish();
    } catch (RuntimeException e) {
      throw BeamOptions.cause(thrown(e));
    }
  }

  /** Flink carries a worker's exception as bytes. */
  private static Throwable thrown(Throwable wrapped) {
    for (Throwable t = wrapped; t != null; t = t.getCause() == t ? null : t.getCause()) {
      if (t instanceof SerializedThrowable bytes) {
        return bytes.deserializeError(FlinkEngine.class.getClassLoader());
      }
    }
    return wrapped;
  }
}

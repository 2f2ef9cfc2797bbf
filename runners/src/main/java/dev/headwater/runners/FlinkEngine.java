package dev.headwater.runners;

import dev.headwater.pipelines.Engine;
import dev.headwater.table.RowsRead;
import dev.headwater.table.StreamCommits;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.util.SerializedThrowable;

/** Flink by way of Beam's runner, inside this process. */
final class FlinkEngine implements Engine {
  private static final long LOOK_MILLIS = 250;

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
    FlinkPipelineOptions options = options(beam, jobName);
    if (beam.stream().noneMatch(o -> o.startsWith("--flinkMaster"))) {
      options.setFlinkMaster("[local]");
    }
    if (beam.stream().noneMatch(o -> o.startsWith("--parallelism"))) {
      options.setParallelism(Runtime.getRuntime().availableProcessors());
    }
    return options;
  }

  /** What is set for every job of ours, wherever it runs. */
  static FlinkPipelineOptions options(List<String> beam, String jobName) {
    FlinkPipelineOptions options = BeamOptions.parse(beam).as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setJobName(jobName);
    // Our elements are immutable, so nothing needs to be copied between chained steps.
    options.setObjectReuse(true);
    options.setFasterCopy(true);
    return options;
  }

  /**
   * Beam hands its counters to Flink when a step has ended, so the rows are heard from the workers:
   * those in this process. Of a cluster's nothing is told until the end.
   */
  @Override
  public void run(Pipeline pipeline, String stage, Watch watch) {
    ScheduledExecutorService looking =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "headwater-rows-" + stage);
              thread.setDaemon(true);
              return thread;
            });
    try (RowsRead.Listening read = RowsRead.to(pipeline.getOptions().getJobName())) {
      var unused =
          looking.scheduleWithFixedDelay(
              () -> watch.at(read.rows(), ""), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
      pipeline.run().waitUntilFinish();
      watch.at(read.rows(), "");
    } catch (RuntimeException e) {
      throw BeamOptions.cause(thrown(e));
    } finally {
      looking.shutdownNow();
    }
  }

  @Override
  public PipelineOptions streaming(String jobName, long commitMillis) {
    FlinkPipelineOptions options = options(jobName).as(FlinkPipelineOptions.class);
    streaming(options, beam, commitMillis);
    if (beam.stream().noneMatch(o -> o.startsWith("--numberOfExecutionRetries"))) {
      // Brokers and catalogs that are away are waited for: what fails again is to be told.
      options.setNumberOfExecutionRetries(3);
      options.setExecutionRetryDelay(1_000L);
    }
    return options;
  }

  /** What is set for every stream of ours, wherever it runs. */
  static void streaming(FlinkPipelineOptions options, List<String> beam, long commitMillis) {
    options.setStreaming(true);
    options.setAttachedMode(false);
    options.setCheckpointingMode("EXACTLY_ONCE");
    options.setFinishBundleBeforeCheckpointing(true);
    if (beam.stream().noneMatch(o -> o.startsWith("--numConcurrentCheckpoints"))) {
      options.setNumConcurrentCheckpoints(StreamCommits.CHECKPOINTS);
    }
    if (beam.stream().noneMatch(o -> o.startsWith("--checkpointingInterval"))) {
      options.setCheckpointingInterval(commitMillis);
    }
    if (beam.stream().noneMatch(o -> o.startsWith("--maxBundle"))) {
      // Each bundle ends in files of its own; a checkpoint ends it too.
      options.setMaxBundleTimeMills(commitMillis);
      options.setMaxBundleSize(1_000_000L);
    }
  }

  @Override
  public void stream(Pipeline pipeline, String stage, BooleanSupplier stopped, Watch watch) {
    try (RowsRead.Listening read = RowsRead.to(pipeline.getOptions().getJobName())) {
      BeamOptions.follow(pipeline.run(), stopped, result -> watch.at(read.rows(), ""));
    } catch (RuntimeException e) {
      throw BeamOptions.cause(thrown(e));
    }
  }

  /** Flink carries a worker's exception as bytes. */
  static Throwable thrown(Throwable wrapped) {
    for (Throwable t = wrapped; t != null; t = t.getCause() == t ? null : t.getCause()) {
      if (t instanceof SerializedThrowable bytes) {
        return bytes.deserializeError(FlinkEngine.class.getClassLoader());
      }
    }
    return wrapped;
  }
}

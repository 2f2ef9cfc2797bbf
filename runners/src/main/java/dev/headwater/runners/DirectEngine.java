package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Engine;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.ReleaseInfo;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/** Beam's DirectRunner in this process: a laptop's. */
final class DirectEngine implements Engine {
  private static final Duration LOOK = Duration.millis(250);

  private final List<String> beam;

  DirectEngine(List<String> beam) {
    this.beam = List.copyOf(beam);
    if (!beam.isEmpty()) {
      // Wrong ones are told at once; without any, who only asks need not wait for Beam's
      // reflection.
      options("check");
    }
  }

  @Override
  public String name() {
    return "DirectRunner";
  }

  @Override
  public String version() {
    return ReleaseInfo.getReleaseInfo().getVersion();
  }

  @Override
  public int workers() {
    // Without options as many as below, and again nobody waits for Beam's reflection.
    return beam.isEmpty()
        ? Runtime.getRuntime().availableProcessors()
        : Math.max(1, options("workers").as(DirectOptions.class).getTargetParallelism());
  }

  @Override
  public PipelineOptions options(String jobName) {
    DirectOptions options = BeamOptions.parse(beam).as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    options.setJobName(jobName);
    options.setBlockOnRun(false);
    // The runner checks by copying every element; ours are immutable, and tested to be.
    options.setEnforceImmutability(false);
    options.setEnforceEncodability(false);
    if (beam.stream().noneMatch(o -> o.startsWith("--targetParallelism"))) {
      options.setTargetParallelism(Runtime.getRuntime().availableProcessors());
    }
    return options;
  }

  @Override
  public void run(Pipeline pipeline, String stage, Watch watch) {
    PipelineResult result = null;
    try {
      result = pipeline.run();
      while (true) {
        PipelineResult.State state = result.waitUntilFinish(LOOK);
        watch.at(rows(result, stage), "");
        if (state != null && state.isTerminal()) {
          if (state != PipelineResult.State.DONE) {
            throw new HeadwaterException(
                HeadwaterException.Kind.FAILED,
                "The " + stage + " pipeline ended as " + state + ".",
                "look at the log.");
          }
          return;
        }
      }
    } catch (Pipeline.PipelineExecutionException e) {
      throw BeamOptions.cause(e);
    } catch (RuntimeException e) {
      // Whoever waits for it has given up: its work ends too.
      cancel(result, e);
      throw e;
    }
  }

  private static void cancel(@Nullable PipelineResult result, RuntimeException why) {
    try {
      if (result != null) {
        var unused = result.cancel();
      }
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  @Override
  public PipelineOptions streaming(String jobName, long commitMillis) {
    return options(jobName);
  }

  /** Without checkpoints: a stream that fails begins again where its table ends. */
  @Override
  public void stream(Pipeline pipeline, String stage, BooleanSupplier stopped, Watch watch) {
    try {
      BeamOptions.follow(pipeline.run(), stopped, result -> watch.at(rows(result, stage), ""));
    } catch (Pipeline.PipelineExecutionException e) {
      throw BeamOptions.cause(e);
    }
  }

  private static long rows(PipelineResult result, String stage) {
    long rows = 0;
    for (MetricResult<Long> counter :
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(stage, "rows_in"))
                    .build())
            .getCounters()) {
      rows += counter.getAttempted();
    }
    return rows;
  }
}

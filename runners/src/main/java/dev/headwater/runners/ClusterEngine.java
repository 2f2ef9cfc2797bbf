package dev.headwater.runners;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Engine;
import dev.headwater.pipelines.OutcomeUnknownException;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.flink.runtime.util.EnvironmentInformation;

/** A Flink session cluster, by way of Beam's runner: jobs are sent there, and watched from here. */
final class ClusterEngine implements Engine {
  private static final Set<String> WITH_DJL = Set.of("train", "score");

  private final List<String> beam;
  private final FlinkRest rest;
  private final ClusterCheck check;
  private int parallelism;

  ClusterEngine(Cluster cluster, List<String> beam) {
    this.beam = List.copyOf(beam);
    this.rest = new FlinkRest(cluster);
    this.check = new ClusterCheck(rest);
    this.parallelism =
        beam.stream().anyMatch(o -> o.startsWith("--parallelism"))
            ? Math.max(1, FlinkEngine.options(beam, "check").getParallelism())
            : 0;
  }

  @Override
  public String name() {
    return "FlinkRunner on " + rest.master();
  }

  @Override
  public String version() {
    return EnvironmentInformation.getVersion();
  }

  /** As many as were asked for; otherwise the slots that were free when it was first looked. */
  @Override
  public int workers() {
    if (parallelism == 0) {
      parallelism = check.slots();
    }
    return parallelism;
  }

  @Override
  public boolean isHere() {
    return false;
  }

  @Override
  public void check(CatalogConfig catalog) {
    check.cluster(catalog);
    int slots = check.slots();
    if (parallelism == 0) {
      parallelism = slots;
    }
  }

  @Override
  public PipelineOptions options(String jobName) {
    FlinkPipelineOptions options = FlinkEngine.options(beam, jobName);
    options.setFlinkMaster(ClusterEnvironment.MASTER);
    options.setParallelism(workers());
    options.setAttachedMode(false);
    return options;
  }

  @Override
  public void stop(String work) {
    ClusterJob.running(rest, name -> name.endsWith(work)).ifPresent(ClusterJob::stop);
  }

  /** A job of the same name that is still at work there is waited for, not sent again. */
  @Override
  public void run(Pipeline pipeline, String stage, LongConsumer rows) {
    String name = pipeline.getOptions().getJobName();
    Thread atExit = new Thread(() -> cancel(name), "headwater-cancel");
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      ClusterJob.running(rest, name::equals)
          .orElseGet(() -> send(pipeline, WITH_DJL.contains(stage)))
          .await();
    } catch (FlinkRest.SilentException e) {
      throw new OutcomeUnknownException(
          e.what(), e.fix().replaceFirst("\\.$", "; then run again."), e);
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException e) {
        // This process is ending: the hook does its work.
      }
    }
  }

  /** A command that is ended ends its job, if the cluster knows of it yet. */
  private void cancel(String name) {
    try {
      ClusterJob.running(rest, name::equals).ifPresent(ClusterJob::cancel);
    } catch (FlinkRest.SilentException e) {
      // The run stays open, and the next one finds the job.
    }
  }

  private ClusterJob send(Pipeline pipeline, boolean djl) {
    check.free(workers());
    FlinkPipelineOptions options = pipeline.getOptions().as(FlinkPipelineOptions.class);
    List<String> asked = options.getFilesToStage();
    List<String> jars = asked == null ? WorkerLib.toSend(rest, djl) : asked;
    // The workers get them from Flink; their names would only make the options longer.
    options.setFilesToStage(List.of());
    try {
      return new ClusterJob(rest, ClusterEnvironment.sent(rest.cluster(), jars, pipeline::run));
    } catch (RuntimeException e) {
      RuntimeException cause = BeamOptions.cause(e);
      if (cause instanceof HeadwaterException) {
        throw cause;
      }
      throw new OutcomeUnknownException(
          "Cannot send a job to " + rest.master() + ": " + ClusterJob.deepest(cause) + ".",
          "look at the JobManager's log, then run again: the run is finished then.",
          cause);
    }
  }
}

package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Engine;
import dev.headwater.pipelines.OutcomeUnknownException;
import dev.headwater.pipelines.SentException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.flink.runtime.util.EnvironmentInformation;

/** A Flink session cluster, by way of Beam's runner: jobs are sent there, and watched from here. */
class ClusterEngine implements Engine {
  private static final Set<String> WITH_DJL = Set.of("train", "score");

  /** How far a stream can ever be rescaled; its first start settles it for good. */
  private static final int MOST = 128;

  private final List<String> beam;
  private final FlinkRest rest;
  private final ClusterCheck check;
  private final boolean detached;
  private int parallelism;
  private int slots;

  /**
   * A cluster.
   *
   * @param detached jobs are sent and not waited for
   */
  ClusterEngine(Cluster cluster, List<String> beam, boolean detached) {
    this.beam = List.copyOf(beam);
    this.detached = detached;
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
  public String cluster() {
    return rest.master();
  }

  @Override
  public String version() {
    return EnvironmentInformation.getVersion();
  }

  /** As many as were asked for; otherwise the slots that were free when it was first looked. */
  @Override
  public synchronized int workers() {
    if (parallelism == 0) {
      parallelism = check.slots();
    }
    return parallelism;
  }

  /** As many as were free when it was looked whether jobs can run there. */
  @Override
  public synchronized int slots() {
    return Math.max(slots, workers());
  }

  @Override
  public boolean isHere() {
    return false;
  }

  @Override
  public synchronized void check(CatalogConfig catalog) {
    check.cluster(catalog);
    slots = check.slots();
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

  /** One slot, unless more are asked for: a stream keeps them, and can be given more later. */
  @Override
  public PipelineOptions streaming(String jobName, long commitMillis) {
    FlinkPipelineOptions options = FlinkEngine.options(beam, jobName);
    FlinkEngine.streaming(options, beam, commitMillis);
    StreamRules.check(options);
    options.setFlinkMaster(ClusterEnvironment.MASTER);
    options.setParallelism(Math.max(1, options.getParallelism()));
    options.setAttachedMode(false);
    options.setRetainExternalizedCheckpointsOnCancellation(true);
    if (options.getMaxParallelism() == null || options.getMaxParallelism() <= 0) {
      options.setMaxParallelism(Math.max(MOST, options.getParallelism()));
    }
    return options;
  }

  @Override
  public boolean works(String work) {
    return ClusterJob.running(rest, name -> name.endsWith(work)).isPresent();
  }

  @Override
  public void stop(String work) {
    ClusterJob.running(rest, name -> name.endsWith(work)).ifPresent(ClusterJob::stop);
  }

  @Override
  public Optional<String> named(String meant) {
    FlinkJobs jobs = new FlinkJobs(rest);
    return jobs.knows(meant) ? Optional.of(jobs.name(jobs.id(meant))) : Optional.empty();
  }

  @Override
  public boolean await(String work, String stage, BooleanSupplier stopped, Watch watch) {
    try {
      List<JsonNode> sent =
          new FlinkJobs(rest).meant(job -> job.path("name").asText().endsWith(work));
      if (sent.isEmpty()) {
        throw new HeadwaterException(
            HeadwaterException.Kind.FAILED,
            "The cluster at " + rest.master() + " knows no job of run " + work + " any more.",
            "run again: what it has committed counts, the rest is done once more.");
      }
      ClusterJob job = new ClusterJob(rest, sent.get(0).path("jid").asText());
      return job.watched(stopped, new JobWatch(new JobFigures(rest, job.id()), stage, watch));
    } catch (FlinkRest.SilentException e) {
      if (stopped.getAsBoolean()) {
        return false;
      }
      throw new OutcomeUnknownException(e.what(), "watch it again when it answers.", e);
    }
  }

  /** A job of the same name that is still at work there is waited for, not sent again. */
  @Override
  public void run(Pipeline pipeline, String stage, Watch watch) {
    String name = pipeline.getOptions().getJobName();
    if (detached) {
      throw sent(job(pipeline, stage));
    }
    Thread atExit = new Thread(() -> cancel(name), "headwater-cancel");
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      ClusterJob job = job(pipeline, stage);
      job.await(() -> false, new JobWatch(new JobFigures(rest, job.id()), stage, watch));
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

  /** A job of the same name goes on; a command that is killed leaves it at work. */
  @Override
  public void stream(Pipeline pipeline, String stage, BooleanSupplier stopped, Watch watch) {
    ClusterJob job = job(pipeline, stage);
    if (detached) {
      throw sent(job);
    }
    if (!job.await(stopped, new JobWatch(new JobFigures(rest, job.id()), stage, watch))) {
      job.stop();
    }
  }

  private ClusterJob job(Pipeline pipeline, String stage) {
    return ClusterJob.running(rest, pipeline.getOptions().getJobName()::equals)
        .orElseGet(() -> send(pipeline, WITH_DJL.contains(stage)));
  }

  private SentException sent(ClusterJob job) {
    return new SentException("job " + job.id() + " on " + rest.master());
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
    FlinkPipelineOptions options = pipeline.getOptions().as(FlinkPipelineOptions.class);
    check.free(options.getParallelism());
    List<String> asked = options.getFilesToStage();
    List<String> jars = asked == null ? WorkerLib.toSend(rest, djl) : asked;
    // The workers get them from Flink; their names would only make the options longer.
    options.setFilesToStage(List.of());
    String savepoint = options.getSavepointPath();
    try {
      return new ClusterJob(
          rest,
          options.isStreaming()
              ? ClusterStreamEnvironment.sent(rest, jars, savepoint, pipeline::run)
              : ClusterEnvironment.sent(rest, jars, pipeline::run));
    } catch (RuntimeException e) {
      RuntimeException cause = BeamOptions.cause(e);
      if (savepoint != null) {
        StreamRules.unfit(savepoint, e);
      }
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

package dev.headwater.runners;

import java.time.Duration;
import java.util.List;
import org.apache.flink.client.deployment.executors.PipelineExecutorUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.RemoteStreamEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/** Where Beam's runner builds a stream's job when it is told to take what is there. */
@SuppressWarnings("try") // Flink's own close() may be interrupted
final class ClusterStreamEnvironment extends RemoteStreamEnvironment {
  private final JobSender sender;
  private final @Nullable String savepoint;

  private ClusterStreamEnvironment(Cluster cluster, JobSender sender, @Nullable String savepoint) {
    super(
        cluster.root().getHost(),
        cluster.root().getPort(),
        triedAgain(),
        new String[0],
        null,
        savepoint == null
            ? SavepointRestoreSettings.none()
            : SavepointRestoreSettings.forPath(savepoint, false));
    this.sender = sender;
    this.savepoint = savepoint;
  }

  private static Configuration triedAgain() {
    Configuration how = new Configuration();
    how.set(RestartStrategyOptions.RESTART_STRATEGY, "failure-rate");
    how.set(
        RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_MAX_FAILURES_PER_INTERVAL,
        ClusterEnvironment.FAILURES);
    how.set(
        RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_FAILURE_RATE_INTERVAL,
        Duration.ofMillis(ClusterEnvironment.WITHIN.toMilliseconds()));
    how.set(
        RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_DELAY,
        Duration.ofMillis(ClusterEnvironment.DELAY.toMilliseconds()));
    return how;
  }

  /**
   * Does something that builds and sends one stream, and returns its job's id.
   *
   * @param jars go with the job
   * @param savepoint whose state it begins with; null: none
   */
  static String sent(
      FlinkRest rest, List<String> jars, @Nullable String savepoint, Runnable sends) {
    JobSender sender = new JobSender(rest, jars);
    ClusterStreamEnvironment environment =
        new ClusterStreamEnvironment(rest.cluster(), sender, savepoint);
    initializeContextEnvironment(unused -> environment);
    try {
      sends.run();
    } finally {
      resetContextEnvironment();
    }
    return sender.id();
  }

  @Override
  public JobClient executeAsync(StreamGraph graph) throws Exception {
    // Beam's option is for its buffers; of checkpoints that overlap Flink needs none.
    graph.getCheckpointConfig().setMaxConcurrentCheckpoints(1);
    JobGraph sent =
        PipelineExecutorUtils.getJobGraph(
            graph, (Configuration) getConfiguration(), getUserClassloader());
    return sender.send(sent, savepoint, getUserClassloader());
  }
}

package dev.headwater.runners;

import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.client.deployment.ClusterClientJobClientAdapter;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.deployment.executors.PipelineExecutorUtils;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.RemoteStreamEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/**
 * Where Beam's runner builds a stream's job when it is told to take what is there ({@code [auto]}).
 * What the cluster is spoken to with, passwords among it, stays out of the job.
 */
@SuppressWarnings("try") // Flink's own close() may be interrupted
final class ClusterStreamEnvironment extends RemoteStreamEnvironment {
  private final Cluster cluster;
  private @Nullable JobID job;

  private ClusterStreamEnvironment(Cluster cluster, List<String> jars, @Nullable String savepoint) {
    super(
        cluster.root().getHost(),
        cluster.root().getPort(),
        triedAgain(),
        jars.toArray(String[]::new),
        null,
        savepoint == null
            ? SavepointRestoreSettings.none()
            : SavepointRestoreSettings.forPath(savepoint, false));
    this.cluster = cluster;
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
      Cluster cluster, List<String> jars, @Nullable String savepoint, Runnable sends) {
    ClusterStreamEnvironment environment = new ClusterStreamEnvironment(cluster, jars, savepoint);
    initializeContextEnvironment(unused -> environment);
    try {
      sends.run();
    } finally {
      resetContextEnvironment();
    }
    if (environment.job == null) {
      throw new IllegalStateException("no job was sent");
    }
    return environment.job.toHexString();
  }

  @Override
  public JobClient executeAsync(StreamGraph graph) throws Exception {
    JobGraph sent =
        PipelineExecutorUtils.getJobGraph(
            graph, (Configuration) getConfiguration(), getUserClassloader());
    try (RestClusterClient<StandaloneClusterId> client = client()) {
      job = client.submitJob(sent).get();
      ClientUtils.waitUntilJobInitializationFinished(
          () -> client.getJobStatus(sent.getJobID()).get(),
          () -> client.requestJobResult(sent.getJobID()).get(),
          getUserClassloader());
    }
    return new ClusterClientJobClientAdapter<>(this::client, job, getUserClassloader());
  }

  private RestClusterClient<StandaloneClusterId> client() {
    Configuration how = cluster.flink();
    how.set(JobManagerOptions.ADDRESS, cluster.root().getHost());
    how.set(RestOptions.ADDRESS, cluster.root().getHost());
    how.set(RestOptions.PORT, cluster.root().getPort());
    try {
      return new RestClusterClient<>(how, StandaloneClusterId.getInstance());
    } catch (Exception e) {
      throw new IllegalStateException("no client for " + cluster.name(), e);
    }
  }
}

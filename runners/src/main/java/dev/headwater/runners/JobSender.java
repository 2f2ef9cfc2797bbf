package dev.headwater.runners;

import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.client.deployment.ClusterClientJobClientAdapter;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.jspecify.annotations.Nullable;

/**
 * Sends built jobs to a cluster, with what its workers have not got. What the cluster is spoken to
 * with, passwords among it, stays out of the job.
 */
@SuppressWarnings("try") // Flink's own close() may be interrupted
final class JobSender {
  private final FlinkRest rest;
  private final List<String> jars;
  private @Nullable JobID job;

  /**
   * For one job.
   *
   * @param jars go with it
   */
  JobSender(FlinkRest rest, List<String> jars) {
    this.rest = rest;
    this.jars = List.copyOf(jars);
  }

  /** Sends it, and returns when the JobManager has taken it. */
  JobClient send(JobGraph graph, @Nullable String savepoint, ClassLoader loader) throws Exception {
    Optional<JobID> begun =
        jars.isEmpty() ? Optional.empty() : new JarStore(rest).run(graph, jars, savepoint);
    JobID id = begun.isPresent() ? begun.get() : whole(graph, loader);
    job = id;
    return new ClusterClientJobClientAdapter<>(this::client, id, loader);
  }

  private JobID whole(JobGraph graph, ClassLoader loader) throws Exception {
    jars.forEach(jar -> graph.addJar(new Path(java.nio.file.Path.of(jar).toUri())));
    try (RestClusterClient<StandaloneClusterId> client = client()) {
      JobID id = client.submitJob(graph).get();
      ClientUtils.waitUntilJobInitializationFinished(
          () -> client.getJobStatus(id).get(), () -> client.requestJobResult(id).get(), loader);
      return id;
    }
  }

  private RestClusterClient<StandaloneClusterId> client() {
    Cluster cluster = rest.cluster();
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

  /** The id of the job that was sent. */
  String id() {
    if (job == null) {
      throw new IllegalStateException("no job was sent");
    }
    return job.toHexString();
  }
}

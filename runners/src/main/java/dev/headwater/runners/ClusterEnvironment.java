package dev.headwater.runners;

import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.restartstrategy.RestartStrategies;
import org.apache.flink.api.common.time.Time;
import org.apache.flink.api.java.RemoteEnvironment;
import org.apache.flink.core.execution.JobClient;
import org.jspecify.annotations.Nullable;

/**
 * Where Beam's runner builds a batch job when it is told to take what is there ({@code [auto]}).
 * Beam knows no way to say how often such a job is tried again; Flink's default is not at all.
 */
@SuppressWarnings("deprecation") // Beam 2.70 makes its batch jobs with Flink's older API
final class ClusterEnvironment extends RemoteEnvironment {
  static final String MASTER = "[auto]";

  /**
   * A worker that is lost is a failure of each of the job's parts on it, and Flink counts them one
   * by one: about three lost pairs of workers in ten minutes, then the cluster is not well. What
   * would fail of itself again is not tried again, see {@link ClusterJob}.
   */
  static final int FAILURES = 24;

  static final Time WITHIN = Time.minutes(10);

  /**
   * Longer than Flink's REST API remembers a job's state ({@code web.refresh-interval}, 3 s): who
   * watches the job sees each failure before the next attempt.
   */
  static final Time DELAY = Time.seconds(5);

  private @Nullable JobID job;

  private ClusterEnvironment(Cluster cluster, List<String> jars) {
    super(
        cluster.root().getHost(),
        cluster.root().getPort(),
        cluster.flink(),
        jars.toArray(String[]::new));
    getConfig().setRestartStrategy(RestartStrategies.failureRateRestart(FAILURES, WITHIN, DELAY));
  }

  /**
   * Does something that builds and sends one job, and returns its id.
   *
   * @param jars go with the job
   */
  static String sent(Cluster cluster, List<String> jars, Runnable sends) {
    ClusterEnvironment environment = new ClusterEnvironment(cluster, jars);
    initializeContextEnvironment(() -> environment);
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
  public JobClient executeAsync(String jobName) throws Exception {
    JobClient client = super.executeAsync(jobName);
    job = client.getJobID();
    return client;
  }
}

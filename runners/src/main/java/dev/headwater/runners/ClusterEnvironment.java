package dev.headwater.runners;

import java.util.List;
import org.apache.flink.api.common.restartstrategy.RestartStrategies;
import org.apache.flink.api.common.time.Time;
import org.apache.flink.api.java.RemoteEnvironment;
import org.apache.flink.client.deployment.executors.PipelineExecutorUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.jobgraph.JobGraph;

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

  private final JobSender sender;

  private ClusterEnvironment(Cluster cluster, JobSender sender) {
    super(cluster.root().getHost(), cluster.root().getPort(), new Configuration(), new String[0]);
    this.sender = sender;
    getConfig().setRestartStrategy(RestartStrategies.failureRateRestart(FAILURES, WITHIN, DELAY));
  }

  /**
   * Does something that builds and sends one job, and returns its id.
   *
   * @param jars go with the job
   */
  static String sent(FlinkRest rest, List<String> jars, Runnable sends) {
    JobSender sender = new JobSender(rest, jars);
    ClusterEnvironment environment = new ClusterEnvironment(rest.cluster(), sender);
    initializeContextEnvironment(() -> environment);
    try {
      sends.run();
    } finally {
      resetContextEnvironment();
    }
    return sender.id();
  }

  @Override
  public JobClient executeAsync(String jobName) throws Exception {
    JobGraph graph =
        PipelineExecutorUtils.getJobGraph(
            createProgramPlan(jobName), getConfiguration(), getUserCodeClassLoader());
    return sender.send(graph, null, getUserCodeClassLoader());
  }
}

package dev.headwater.runners;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.InstantiationUtil;
import org.jspecify.annotations.Nullable;

/**
 * Begins a job that a command has built, inside the JobManager, with the jars that it keeps: Flink
 * takes those of an uploaded jar for a program only, and this is the program.
 */
public final class SentGraph {
  private SentGraph() {}

  /** A job as an argument. */
  static String text(JobGraph graph) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(InstantiationUtil.serializeObject(graph));
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static JobGraph graph(String text) throws IOException, ClassNotFoundException {
    byte[] bytes = Base64.getDecoder().decode(text);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return InstantiationUtil.deserializeObject(
          in.readAllBytes(), Thread.currentThread().getContextClassLoader());
    }
  }

  /**
   * Begins the job, and returns when the JobManager has taken it.
   *
   * @param args the name of the jar that holds the others, and the job
   */
  public static void main(String[] args) throws Exception {
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    Configuration how = (Configuration) environment.getConfiguration();
    // Workers need what is in it, not all of it twice.
    List<String> jars =
        Objects.requireNonNull(how.get(PipelineOptions.JARS)).stream()
            .filter(jar -> !jar.endsWith(args[0]))
            .toList();
    how.set(PipelineOptions.JARS, jars);
    environment.executeAsync(new Built(environment, graph(args[1])));
  }

  /** What is built already. */
  private static final class Built extends StreamGraph {
    private final JobGraph graph;

    Built(StreamExecutionEnvironment environment, JobGraph graph) {
      super(
          how(environment),
          environment.getConfig(),
          environment.getCheckpointConfig(),
          SavepointRestoreSettings.none());
      this.graph = graph;
    }

    private static Configuration how(StreamExecutionEnvironment environment) {
      return (Configuration) environment.getConfiguration();
    }

    @Override
    public JobGraph getJobGraph(ClassLoader loader, @Nullable JobID id) {
      return graph;
    }
  }
}

package dev.headwater.runners;

import org.apache.beam.sdk.Pipeline;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/** Keeps the job that Beam's runner makes of a pipeline, instead of beginning it. */
@SuppressWarnings("try") // Flink's own close() may be interrupted
final class BuiltGraph extends StreamExecutionEnvironment {
  private @Nullable StreamGraph built;

  private BuiltGraph() {
    super(new Configuration());
  }

  /** The job of a pipeline whose Flink is "[auto]". */
  static StreamGraph of(Pipeline pipeline) {
    BuiltGraph environment = new BuiltGraph();
    initializeContextEnvironment(unused -> environment);
    try {
      pipeline.run();
    } catch (RuntimeException e) {
      if (environment.built == null) {
        throw e;
      }
    } finally {
      resetContextEnvironment();
    }
    if (environment.built == null) {
      throw new IllegalStateException("no job was made");
    }
    return environment.built;
  }

  @Override
  public JobClient executeAsync(StreamGraph graph) {
    built = graph;
    throw new UnsupportedOperationException("it is only built");
  }
}

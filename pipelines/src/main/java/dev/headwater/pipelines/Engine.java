package dev.headwater.pipelines;

import java.util.function.LongConsumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;

/** What runs a pipeline. A port: the runners stand behind it. */
public interface Engine {
  /** As Beam calls it: "DirectRunner". */
  String name();

  /** The version of what computes: Beam's, Flink's. */
  String version();

  /** How many things it does at once. */
  int workers();

  /** Options for a pipeline of this name. */
  PipelineOptions options(String jobName);

  /**
   * Runs a pipeline to its end. What failed in a worker is thrown as it was thrown there.
   *
   * @param stage the namespace of the stage's counters
   * @param rows told from time to time how many rows were read
   */
  void run(Pipeline pipeline, String stage, LongConsumer rows);
}

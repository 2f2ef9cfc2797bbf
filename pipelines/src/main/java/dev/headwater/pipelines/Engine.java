package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
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

  /**
   * Looks whether pipelines can run there, and answers within seconds.
   *
   * @param catalog where the tables are that they commit to
   * @throws dev.headwater.catalog.HeadwaterException if not
   */
  default void check(CatalogConfig catalog) {}

  /**
   * Ends pipelines that somebody left at work there, by the id that their names end in.
   *
   * @throws dev.headwater.catalog.HeadwaterException if one cannot be ended
   */
  default void stop(String work) {}

  /** Options for a pipeline of this name. Those of the same name do the same work. */
  PipelineOptions options(String jobName);

  /**
   * Runs a pipeline to its end. What failed in a worker is thrown as it was thrown there.
   *
   * @throws OutcomeUnknownException if nobody knows whether it goes on
   * @param stage the namespace of the stage's counters
   * @param rows told from time to time how many rows were read
   */
  void run(Pipeline pipeline, String stage, LongConsumer rows);
}

package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import java.util.function.BooleanSupplier;
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

  /** Whether its workers are in this process. */
  default boolean isHere() {
    return true;
  }

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
   * Options for a pipeline that goes on until it is stopped.
   *
   * @param commitMillis how often it commits
   */
  default PipelineOptions streaming(String jobName, long commitMillis) {
    throw new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        "Streams don't run on " + name() + " yet.",
        "run it here: --runner=flink, or without one.");
  }

  /**
   * Runs a pipeline until it is told to stop, or fails. What is committed by then stays; the rest
   * is read again by the next one.
   *
   * @param stopped asked several times a second
   * @param rows told from time to time how many rows were read
   */
  default void stream(Pipeline pipeline, String stage, BooleanSupplier stopped, LongConsumer rows) {
    throw new UnsupportedOperationException(name());
  }

  /**
   * Runs a pipeline to its end. What failed in a worker is thrown as it was thrown there.
   *
   * @throws OutcomeUnknownException if nobody knows whether it goes on
   * @param stage the namespace of the stage's counters
   * @param rows told from time to time how many rows were read
   */
  void run(Pipeline pipeline, String stage, LongConsumer rows);
}

package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
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

  /** How many workers there are for all that runs there side by side. */
  default int slots() {
    return workers();
  }

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

  /** The cluster that it is, as the project or the command names it; empty if it is none. */
  default String cluster() {
    return "";
  }

  /** The cluster, where another place was named for the whole run; empty otherwise. */
  default String place() {
    return "";
  }

  /**
   * Where a target's stage runs: here, unless it needs what is elsewhere.
   *
   * @throws HeadwaterException if nothing has what it needs
   */
  default Engine at(Target target) {
    return this;
  }

  /** The one of a cluster that a run's record names. */
  default Engine on(String cluster) {
    return this;
  }

  /**
   * Whether a pipeline whose name ends in this id is at work there, whoever began it.
   *
   * @throws dev.headwater.catalog.HeadwaterException if that can't be told
   */
  default boolean works(String work) {
    return false;
  }

  /**
   * Ends pipelines that somebody left at work there, by the id that their names end in.
   *
   * @throws dev.headwater.catalog.HeadwaterException if one cannot be ended
   */
  default void stop(String work) {}

  /**
   * The whole name of the pipeline there that this means: its id, the beginning of it, or of its
   * name. Of several the one at work, or else the newest; empty if there is none.
   *
   * @throws dev.headwater.catalog.HeadwaterException if that can't be told
   */
  default Optional<String> named(String meant) {
    return Optional.empty();
  }

  /**
   * Waits for a pipeline there whose name ends in this id to end, or finds that it has ended.
   * Nothing is sent, and whatever is at work goes on when nobody waits any more. What failed in a
   * worker is thrown as it was thrown there.
   *
   * @param stage the namespace of the stage's counters
   * @param stopped asked several times a second
   * @param watch told from time to time
   * @return whether it has ended; false if it goes on and nobody waits
   * @throws OutcomeUnknownException if nobody can tell how it stands
   * @throws HeadwaterException if it has failed, or nobody knows of it there any more
   */
  default boolean await(String work, String stage, BooleanSupplier stopped, Watch watch) {
    throw new UnsupportedOperationException(name());
  }

  /** How often a stream's record and its lineage say how far it is. */
  default Duration signOfLife() {
    return Duration.ofMinutes(1);
  }

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
   * Runs a pipeline until it is told to stop, or fails. One of the same name that is at work there
   * is followed instead. What is committed by then stays; the rest is read again by the next one.
   *
   * @param stopped asked several times a second
   * @param watch told from time to time
   * @throws SentException if it is not to be waited for
   */
  default void stream(Pipeline pipeline, String stage, BooleanSupplier stopped, Watch watch) {
    throw new UnsupportedOperationException(name());
  }

  /**
   * Runs a pipeline to its end. What failed in a worker is thrown as it was thrown there.
   *
   * @throws OutcomeUnknownException if nobody knows whether it goes on
   * @throws SentException if it is not to be waited for
   * @param stage the namespace of the stage's counters
   * @param watch told from time to time
   */
  void run(Pipeline pipeline, String stage, Watch watch);

  /** Who is told how far a pipeline is. */
  @FunctionalInterface
  interface Watch {
    /** Nobody. */
    Watch NONE = (rows, doing) -> {};

    /**
     * It is so far.
     *
     * @param rows read since it began
     * @param doing how it gets on, in a few words ("3 of 7 tasks, held back 12%"); may be empty
     */
    void at(long rows, String doing);
  }
}

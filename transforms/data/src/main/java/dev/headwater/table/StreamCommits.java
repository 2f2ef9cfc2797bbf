package dev.headwater.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.commit.Committed;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.jspecify.annotations.Nullable;

/**
 * A stream's commits: each of what a checkpoint holds, in its order. Flink by way of Beam keeps
 * that promise only with more buffers than Beam's default; a pipeline with fewer is refused when it
 * is run.
 *
 * @param <I> what is committed
 */
public abstract class StreamCommits<I extends PInput>
    extends PTransform<I, PCollection<Committed>> {
  /**
   * Beam keeps what waits for a checkpoint in as many buffers, and one more, in turn. With its
   * default of two, after any failure rows are given out with a checkpoint that is older than they
   * are, and before what came earlier. So many last while a checkpoint takes less than 16 of its
   * intervals.
   */
  public static final int CHECKPOINTS = 32;

  private static final long serialVersionUID = 1;

  /** Of which Beam lets options be read that are another module's. */
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModules(ObjectMapper.findModules(StreamCommits.class.getClassLoader()));

  /**
   * Looks at the options that the pipeline is run with.
   *
   * @throws HeadwaterException USAGE if rows could be lost, doubled or reordered with them
   */
  @Override
  public final void validate(@Nullable PipelineOptions options) {
    if (options == null || !options.getRunner().getSimpleName().contains("Flink")) {
      return;
    }
    JsonNode set = JSON.valueToTree(options).path("options");
    int checkpoints = set.path("numConcurrentCheckpoints").asInt(1);
    if (set.path("checkpointingInterval").asLong(-1) > 0 && checkpoints < CHECKPOINTS) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot run "
              + getClass().getSimpleName()
              + " with --numConcurrentCheckpoints="
              + checkpoints
              + ": rows would reach their commit out of order after a failure, some before a"
              + " checkpoint holds them, and those may be written twice.",
          "run the pipeline with --numConcurrentCheckpoints=" + CHECKPOINTS + ", or more.");
    }
  }
}

package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.table.StreamCommits;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.jspecify.annotations.Nullable;

/** Settings of a stream that would lose rows, or write them twice. */
final class StreamRules {
  private StreamRules() {}

  /**
   * Returns if none of them is set.
   *
   * @throws HeadwaterException USAGE if one is; it says what would happen
   */
  static void check(FlinkPipelineOptions options) {
    if (options.getCheckpointingInterval() <= 0) {
      throw refused(
          "Without checkpoints nothing of a stream is ever committed.",
          "leave --checkpointingInterval out, or give it milliseconds.");
    }
    if (!"EXACTLY_ONCE".equals(options.getCheckpointingMode())) {
      throw refused(
          "With --checkpointingMode="
              + options.getCheckpointingMode()
              + " a worker that is lost has rows written twice.",
          "leave it out: EXACTLY_ONCE is set.");
    }
    if (options.getNumConcurrentCheckpoints() < StreamCommits.CHECKPOINTS) {
      throw refused(
          "With --numConcurrentCheckpoints="
              + options.getNumConcurrentCheckpoints()
              + " rows reach their commit out of order after a failure, some before a checkpoint"
              + " holds them, and those may be written twice.",
          "leave it out: " + StreamCommits.CHECKPOINTS + " is set; or give more.");
    }
    if (Boolean.TRUE.equals(options.getAllowNonRestoredState())) {
      throw refused(
          "With --allowNonRestoredState files that wait in a savepoint for their commit are lost.",
          "leave it out; where state does not fit, begin without: headwater job resume --rebuild.");
    }
    if (Boolean.TRUE.equals(options.getEnableStableInputDrain())) {
      throw refused(
          "With --enableStableInputDrain what is drained at a stop is written again by who resumes.",
          "leave it out.");
    }
  }

  /**
   * Tells a savepoint that is not there, or is of another stream, from all else that can fail.
   *
   * @throws HeadwaterException USAGE if it is the savepoint
   */
  static void unfit(String savepoint, Throwable thrown) {
    @Nullable String says = null;
    for (Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
      String message = String.valueOf(t.getMessage());
      if (message.contains("savepoint") || message.contains("Cannot map checkpoint")) {
        says = message;
      }
    }
    if (says != null) {
      String line = says.lines().findFirst().orElse("");
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot go on from " + savepoint + ": " + (line.endsWith(".") ? line : line + "."),
          "name another savepoint; or begin where the table ends: headwater job resume --rebuild.",
          thrown);
    }
  }

  private static HeadwaterException refused(String what, String fix) {
    return new HeadwaterException(HeadwaterException.Kind.USAGE, what, fix);
  }
}

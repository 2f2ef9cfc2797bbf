package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.joda.time.Duration;

/** Pipeline options as Beam reads them, and failures as they were thrown. */
final class BeamOptions {
  /** How Beam calls a Flink cluster. */
  static final String MASTER = "--flinkMaster=";

  private static final Duration LOOK = Duration.millis(250);

  private BeamOptions() {}

  static PipelineOptions parse(List<String> beam) {
    try {
      return PipelineOptionsFactory.fromArgs(beam.toArray(String[]::new)).create();
    } catch (IllegalArgumentException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Beam does not take these options: " + e.getMessage() + ".",
          "write them as Beam's --name=value, or leave them out.",
          e);
    }
  }

  /** The Flink cluster that the options name, if they do. */
  static Optional<String> cluster(List<String> beam) {
    return beam.stream()
        .filter(o -> o.startsWith(MASTER))
        .map(o -> o.substring(MASTER.length()))
        .filter(master -> !master.startsWith("["))
        .findFirst();
  }

  /**
   * Waits until a pipeline has ended, or is to end.
   *
   * @param look what to do several times a second
   */
  static void follow(
      PipelineResult result, BooleanSupplier stopped, Consumer<PipelineResult> look) {
    while (!stopped.getAsBoolean()) {
      PipelineResult.State state;
      try {
        state = result.waitUntilFinish(LOOK);
      } catch (RuntimeException e) {
        if (!(e.getCause() instanceof InterruptedException)) {
          throw e;
        }
        Thread.currentThread().interrupt();
        continue;
      }
      look.accept(result);
      if (state != null && state.isTerminal()) {
        return;
      }
    }
    try {
      result.cancel();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a worker threw, without what the runner wrapped around it. */
  static RuntimeException cause(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
      if (t instanceof HeadwaterException known) {
        return known;
      }
    }
    return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
  }
}

package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Pipeline options as Beam reads them, and failures as they were thrown. */
final class BeamOptions {
  /** How Beam calls a Flink cluster. */
  static final String MASTER = "--flinkMaster=";

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

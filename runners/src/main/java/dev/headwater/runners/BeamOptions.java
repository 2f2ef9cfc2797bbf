package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Pipeline options as Beam reads them, and failures as they were thrown. */
final class BeamOptions {
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

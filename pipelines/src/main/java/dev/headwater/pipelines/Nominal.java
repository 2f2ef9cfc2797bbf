package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Run;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The time that a run is about, or was to begin, where there is one, in its parameters. */
final class Nominal {
  private static final String FROM = "nominal_start";
  private static final String TO = "nominal_end";

  private Nominal() {}

  /** The parameters of a run that a schedule began. */
  static Map<String, String> due(Instant time) {
    return Map.of(FROM, time.toString());
  }

  /** The parameters of a run about a range: its first moment, and the first one behind it. */
  static Map<String, String> of(Instant from, Instant to) {
    return Map.of(FROM, from.toString(), TO, to.toString());
  }

  static @Nullable Instant from(Run run) {
    return moment(run.parameters().get(FROM));
  }

  static @Nullable Instant to(Run run) {
    return moment(run.parameters().get(TO));
  }

  private static @Nullable Instant moment(@Nullable String text) {
    return text == null ? null : Instant.parse(text);
  }
}

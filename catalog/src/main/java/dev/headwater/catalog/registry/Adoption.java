package dev.headwater.catalog.registry;

import java.time.Instant;
import java.util.Map;

/**
 * What a run has made, accepted as what would be made by now.
 *
 * @param parameters those in which the run would differ
 * @param stageVersion what the stage's version is by now
 * @param by who accepted it
 */
public record Adoption(
    Map<String, String> parameters, String stageVersion, String by, String reason, Instant since) {
  public Adoption {
    parameters = Map.copyOf(parameters);
  }
}

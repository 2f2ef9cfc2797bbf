package dev.headwater.catalog.registry;

import java.io.Serializable;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * One trained model, for ever: what it is never changes, only which alias points to it.
 *
 * @param version 1, 2, 3, … within the model
 * @param run the run that trained it
 * @param location its folder
 * @param digest the SHA-256 of its manifest
 * @param detail more, as JSON that the registry doesn't read
 */
public record ModelVersion(
    String project,
    String model,
    int version,
    UUID run,
    String location,
    String digest,
    Map<String, Double> metrics,
    String detail,
    Instant created)
    implements Serializable {
  public ModelVersion {
    metrics = Map.copyOf(metrics);
  }
}

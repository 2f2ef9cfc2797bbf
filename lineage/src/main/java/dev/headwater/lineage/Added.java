package dev.headwater.lineage;

import java.util.Map;
import java.util.Set;

/**
 * What a user has added to all events, in {@code openlineage.yml}.
 *
 * @param environment the environment variables that may stand in an event; no other ever does
 * @param owners those who answer for all jobs, as name to role
 * @param tags of all jobs, as key to value
 */
public record Added(Set<String> environment, Map<String, String> owners, Map<String, String> tags) {
  public static final Added NOTHING = new Added(Set.of(), Map.of(), Map.of());

  public Added {
    environment = Set.copyOf(environment);
    owners = Map.copyOf(owners);
    tags = Map.copyOf(tags);
  }
}

package dev.headwater.runners;

import dev.headwater.pipelines.Engine;
import dev.headwater.pipelines.project.Target;

/**
 * An engine that knows those beside it.
 *
 * @param place the cluster, where the command named another place
 */
record PlacedEngine(Engine engine, Placement placement, String place) implements ForwardingEngine {
  @Override
  public Engine on(String cluster) {
    return placement.on(cluster);
  }

  @Override
  public Engine at(Target target) {
    return placement.at(target);
  }
}

package dev.headwater.catalog.registry;

import java.io.Serializable;

/**
 * One end of lineage: a thing in one version, as its writers and readers name it. The registry only
 * compares it.
 *
 * @param kind "table", "file", "model", …
 * @param version a snapshot's id, a file's SHA-256, a model's version; empty where there is none
 */
public record Edge(String kind, String name, String version) implements Serializable {
  @Override
  public String toString() {
    return kind + " " + name + (version.isEmpty() ? "" : "@" + version);
  }
}

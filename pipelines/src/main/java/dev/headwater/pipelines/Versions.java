package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Requires;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * This version, and what it was built and tested with: the properties of {@code headwater-bom},
 * which a test holds equal.
 */
public final class Versions {
  public static final String HEADWATER = Requires.HEADWATER;

  static final int JAVA = 17;
  static final String BEAM = "2.70.0";
  static final String FLINK = "1.19.0";
  static final String ICEBERG = "1.11.0";
  static final String KAFKA = "3.9.1";
  static final String DJL = "0.35.1";

  private Versions() {}

  /** By the names that {@code headwater doctor} has for them. */
  static Map<String, String> tested() {
    Map<String, String> tested = new LinkedHashMap<>();
    tested.put("beam", BEAM);
    tested.put("flink", FLINK);
    tested.put("iceberg", ICEBERG);
    tested.put("kafka", KAFKA);
    tested.put("djl", DJL);
    return tested;
  }
}

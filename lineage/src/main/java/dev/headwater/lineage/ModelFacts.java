package dev.headwater.lineage;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What only a model version has.
 *
 * @param checksum SHA-256 of its manifest
 * @param dataDigest digest of the rows it was trained on, in their order
 * @param architecture its network in a few words
 * @param seed the seed of its random numbers
 * @param metrics by name, its figures on the hold-out rows
 * @param pins the versions it was trained on
 */
public record ModelFacts(
    String checksum,
    @Nullable String dataDigest,
    @Nullable String architecture,
    @Nullable Long seed,
    SortedMap<String, Double> metrics,
    List<Pin> pins) {
  public ModelFacts {
    metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
    pins = List.copyOf(pins);
  }

  public static ModelFacts of(String checksum, Map<String, Double> metrics, List<Pin> pins) {
    return new ModelFacts(checksum, null, null, null, new TreeMap<>(metrics), pins);
  }

  /** A version that a model keeps: the data set, the version, the tag that holds it. */
  public record Pin(DataSetName dataSet, String label, String version, @Nullable String tag) {}
}

package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Edge;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run made.
 *
 * @param outputs the versions that it wrote
 * @param metrics figures for its record
 * @param rows read
 * @param note what came out, in a few words
 * @param where "snapshot 5822…41"
 */
record Made(List<Edge> outputs, Map<String, Double> metrics, long rows, String note, String where) {
  Made {
    outputs = List.copyOf(outputs);
    metrics = new LinkedHashMap<>(metrics);
  }
}

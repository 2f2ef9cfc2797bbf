package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.kafka.Offsets;
import dev.headwater.lineage.DataSet;
import dev.headwater.lineage.DataSetName;
import dev.headwater.pipelines.project.KafkaDecl;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A topic as runs record it: {@code host:port/topic}, and as its version the next offset of each
 * partition, {@code 0:4000,1:3999}.
 */
final class TopicEdge {
  static final String KIND = "topic";

  /** The parameter of a run that goes on until it is stopped. */
  static final String STREAM = "stream";

  /** The parameter of a run that was sent to a cluster: its name, or its address. */
  static final String CLUSTER = "cluster";

  private TopicEdge() {}

  static Edge of(KafkaDecl topic, Offsets offsets) {
    String version =
        new TreeMap<>(offsets.all())
            .entrySet().stream()
                .map(e -> e.getKey() + ":" + e.getValue())
                .collect(Collectors.joining(","));
    return new Edge(KIND, name(topic), version);
  }

  static String name(KafkaDecl topic) {
    return topic.server() + "/" + topic.topic();
  }

  static Offsets offsets(Edge edge) {
    Map<Integer, Long> next = new TreeMap<>();
    for (String partition : edge.version().split(",", -1)) {
      int colon = partition.indexOf(':');
      if (colon > 0) {
        next.put(
            Integer.valueOf(partition.substring(0, colon)),
            Long.valueOf(partition.substring(colon + 1)));
      }
    }
    return Offsets.of(next);
  }

  static DataSet.Builder dataSet(Edge edge) {
    int slash = edge.name().indexOf('/');
    return DataSet.topic(
            DataSetName.topic(edge.name().substring(0, slash), edge.name().substring(slash + 1)),
            edge.name())
        .version(edge.version().isEmpty() ? null : edge.version());
  }

  static boolean streams(Run run) {
    return run.parameters().containsKey(STREAM);
  }

  /**
   * Whether a stream is at work on a cluster, though nobody here may follow it.
   *
   * @throws dev.headwater.catalog.HeadwaterException UNREACHABLE if the cluster does not answer
   */
  static boolean goesOn(Run run, Engine engine) {
    String cluster = run.parameters().get(CLUSTER);
    return streams(run) && cluster != null && engine.on(cluster).works(run.id().toString());
  }
}

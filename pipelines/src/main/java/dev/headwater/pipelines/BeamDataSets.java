package dev.headwater.pipelines;

import dev.headwater.lineage.DataSet;
import dev.headwater.lineage.DataSetName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What Beam's lineage metrics name, as OpenLineage's integrations name it, so that graphs join:
 * {@code kafka:`host:9092`.clicks} is {@code kafka://host:9092 | clicks}.
 */
final class BeamDataSets {
  private BeamDataSets() {}

  /** The data set of a name that Beam's metrics have; one of an unknown system by its parts. */
  static DataSet of(String reported) {
    int colon = reported.indexOf(':');
    String system = colon < 0 ? "beam" : reported.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = reported.substring(colon + 1);
    // "pubsub:topic:project.name" has the kind of the thing between.
    int kind = rest.indexOf(':');
    String subtype = "";
    if (kind > 0 && rest.substring(0, kind).matches("[a-z_]+")) {
      subtype = rest.substring(0, kind);
      rest = rest.substring(kind + 1);
    }
    List<String> parts = parts(rest);
    String first = parts.get(0);
    String others = String.join(".", parts.subList(1, parts.size()));
    return switch (system) {
      case "kafka" -> kafka(first.replaceFirst(",.*", ""), others);
      case "pubsub" -> topic(DataSetName.of("pubsub", String.join(":", subtype, first, others)));
      case "gcs", "gs" -> file("gs://" + first + "/" + others);
      case "s3" -> file("s3://" + first + "/" + others);
      // Ours are named by their places, Beam's by their catalogs.
      case "iceberg" ->
          table(
              parts.size() == 1
                  ? DataSetName.location(first)
                  : DataSetName.of(system, first + "." + others));
      case "postgresql", "postgres" -> table(DataSetName.of("postgres://" + first, others));
      case "mysql" -> table(DataSetName.of("mysql://" + first, others));
      default -> table(DataSetName.of(system, String.join(".", parts)));
    };
  }

  /** Parts between dots; what is in backticks is one part. */
  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '`') {
        quoted = !quoted;
      } else if (c == '.' && !quoted) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    return parts;
  }

  /** Called as a project's runs call it, so that both have it from one landing. */
  private static DataSet kafka(String server, String topic) {
    return of(DataSet.Kind.TOPIC, DataSetName.topic(server, topic), server + "/" + topic);
  }

  private static DataSet topic(DataSetName name) {
    return of(DataSet.Kind.TOPIC, name, name.name());
  }

  private static DataSet file(String uri) {
    return of(DataSet.Kind.FILE, DataSetName.location(uri), uri);
  }

  private static DataSet table(DataSetName name) {
    return of(DataSet.Kind.TABLE, name, name.name());
  }

  static DataSet of(DataSet.Kind kind, DataSetName name, String label) {
    return switch (kind) {
      case TOPIC -> DataSet.topic(name, label).build();
      case FILE -> DataSet.file(name, label).build();
      case MODEL -> DataSet.model(name, label).build();
      case TABLE -> DataSet.table(name, label).build();
    };
  }
}

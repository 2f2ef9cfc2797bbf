package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.Secrets;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.metrics.Lineage;

/**
 * A topic, and how its brokers are reached. It travels to workers, so secrets are carried as
 * references, under their property's name and {@code .secret}: {@code sasl.jaas.config.secret =
 * env/KAFKA_JAAS}.
 *
 * @param servers where the first brokers are: host:port, several with commas
 * @param properties Kafka's own names for its clients: {@code security.protocol}, {@code
 *     fetch.max.bytes}
 */
public record Topic(String servers, String name, Map<String, String> properties)
    implements Serializable {
  private static final long serialVersionUID = 1;

  public Topic {
    properties = new TreeMap<>(properties);
  }

  /** Without any properties. */
  public static Topic of(String servers, String name) {
    return new Topic(servers, name, Map.of());
  }

  /** With one more property. */
  public Topic with(String property, String value) {
    Map<String, String> all = new HashMap<>(properties);
    all.put(property, value);
    return new Topic(servers, name, all);
  }

  /**
   * What Kafka's clients are made with, secrets in the place of their references.
   *
   * @throws HeadwaterException USAGE if a secret is not there
   */
  Map<String, Object> client() {
    Map<String, Object> all = new HashMap<>(Secrets.resolve("topic '" + name + "'", properties));
    all.put("bootstrap.servers", servers);
    return all;
  }

  /** Tells Beam's lineage metrics, as Beam's own source does, that it is read. */
  void read() {
    Lineage.getSources().add("kafka", List.of(servers, name));
  }

  /** Without properties: one of them may be a secret that was not made a reference. */
  @Override
  public String toString() {
    return "topic " + name + " of " + servers;
  }
}

package dev.headwater.lineage;

import io.openlineage.client.OpenLineageClientException;
import io.openlineage.client.transports.CompositeConfig;
import io.openlineage.client.transports.FileConfig;
import io.openlineage.client.transports.HttpConfig;
import io.openlineage.client.transports.HttpTransport;
import io.openlineage.client.transports.KafkaConfig;
import io.openlineage.client.transports.Transport;
import io.openlineage.client.transports.TransportConfig;
import io.openlineage.client.transports.TransportResolver;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** Opens openlineage-java's transports, each with what it lacks for a delivery that is certain. */
final class Destinations {
  private Destinations() {}

  /**
   * @param origin where the setting stands, for messages
   * @throws LineageException when the transport cannot be built
   */
  static Destination open(TransportConfig config, String origin) {
    try {
      if (config instanceof HttpConfig http) {
        return http(http);
      }
      if (config instanceof CompositeConfig composite) {
        List<Destination> parts =
            composite.getTransports().stream().map(part -> open(part, origin)).toList();
        return new CompositeDestination(parts);
      }
      if (config instanceof FileConfig file) {
        // The client's own returns normally when it cannot write.
        return new FileDestination(Path.of(file.getLocation()));
      }
      if (config instanceof KafkaConfig kafka) {
        return kafka(kafka);
      }
      Transport transport = TransportResolver.resolveTransportByConfig(config);
      return new TransportDestination(transport, transport.getClass().getSimpleName());
    } catch (OpenLineageClientException | IllegalArgumentException | NullPointerException e) {
      // The client reports missing and wrong settings with any of these.
      throw new LineageException(
          "Cannot open the lineage transport of "
              + origin
              + ": "
              + Redaction.text(String.valueOf(e.getMessage()))
              + ".",
          "see docs/lineage.md for transports and their settings.",
          e);
    }
  }

  private static Destination kafka(KafkaConfig config) {
    try {
      // Asked here, since the class below cannot even be loaded without it.
      Class.forName("org.apache.kafka.clients.producer.KafkaProducer");
    } catch (ClassNotFoundException e) {
      throw new LineageException(
          "The lineage transport kafka needs kafka-clients, which is not on the class path.",
          "add org.apache.kafka:kafka-clients, or use the transport http.",
          e);
    }
    return KafkaDestination.open(config);
  }

  private static Destination http(HttpConfig config) {
    URI url = config.getUrl();
    boolean plain =
        config.getSslContextConfig() == null
            && config.getProxyConfig() == null
            && url != null
            && ("http".equalsIgnoreCase(url.getScheme())
                || "https".equalsIgnoreCase(url.getScheme()));
    HttpTransport transport =
        plain ? new HttpTransport(HttpClients.plain(config), config) : new HttpTransport(config);
    return new TransportDestination(transport, "http " + Redaction.uri(String.valueOf(url)));
  }
}

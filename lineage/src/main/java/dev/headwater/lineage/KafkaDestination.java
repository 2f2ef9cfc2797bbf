package dev.headwater.lineage;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.transports.KafkaConfig;
import io.openlineage.client.transports.KafkaTransport;
import io.openlineage.client.transports.Transport;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka topic. The client's transport hides what becomes of a record, so its producer keeps the
 * broker's promise and this one waits for it.
 */
final class KafkaDestination extends Transport {
  private static final long WAIT_SECONDS = 20;

  private final Acknowledged producer;
  private final KafkaTransport transport;

  private KafkaDestination(KafkaConfig config) {
    producer = new Acknowledged(config.getProperties());
    transport = new KafkaTransport(producer, config);
  }

  static Destination open(KafkaConfig config) {
    if (config.getTopicName() == null || config.getProperties() == null) {
      throw new LineageException(
          "The lineage transport kafka lacks topicName or properties.",
          "set transport.topicName and transport.properties.bootstrap.servers.");
    }
    return new TransportDestination(new KafkaDestination(config), "kafka " + config.getTopicName());
  }

  @Override
  public void emit(OpenLineage.RunEvent event) {
    producer.promise = null;
    transport.emit(event);
    Future<RecordMetadata> promise = producer.promise;
    if (promise == null) {
      throw new IllegalStateException("Kafka's producer refused the record; its log says why");
    }
    try {
      promise.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer from Kafka within " + WAIT_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Kafka", e);
    }
  }

  @Override
  public void emit(OpenLineage.DatasetEvent event) {
    throw new UnsupportedOperationException("only run events are sent");
  }

  @Override
  public void emit(OpenLineage.JobEvent event) {
    throw new UnsupportedOperationException("only run events are sent");
  }

  @Override
  public void close() {
    producer.close();
  }

  private static final class Acknowledged extends KafkaProducer<String, String> {
    private @Nullable Future<RecordMetadata> promise;

    Acknowledged(Properties properties) {
      super(properties);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<String, String> event) {
      Future<RecordMetadata> sent = super.send(event);
      promise = sent;
      return sent;
    }

    /** What is not acknowledged stays in the journal: nothing to wait for. */
    @Override
    public void close() {
      close(Duration.ZERO);
    }
  }
}

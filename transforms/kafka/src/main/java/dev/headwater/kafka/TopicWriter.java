package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Records into a topic, in order within a partition and each acknowledged by all replicas in sync.
 * Holds what the producer's buffer holds (32 MiB); {@link #send} waits while it is full. One
 * thread.
 */
public final class TopicWriter implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Topic topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();

  private TopicWriter(Topic topic, KafkaProducer<byte[], byte[]> producer) {
    this.topic = topic;
    this.producer = producer;
  }

  /**
   * Opens the topic, and makes it if it is not there: one that keeps its records for ever.
   *
   * @param partitions of one that is made
   * @param oldest no record is older; a topic that would not keep those is refused
   * @throws HeadwaterException UNREACHABLE within ten seconds if no broker answers, USAGE if they
   *     don't let us in, REFUSED if the topic forgets what is that old
   */
  public static TopicWriter open(Topic topic, int partitions, Instant oldest) {
    try (Admin admin = KafkaClients.admin(topic)) {
      try {
        if (ask(topic, admin.listTopics().names()).contains(topic.name())) {
          keeps(topic, admin, oldest);
        } else {
          make(topic, admin, partitions);
        }
      } finally {
        admin.close(Duration.ofSeconds(1));
      }
    }
    Map<String, Object> settings = topic.client();
    settings.putIfAbsent("client.id", "headwater-" + topic.name());
    settings.putIfAbsent("linger.ms", "20");
    settings.putIfAbsent("batch.size", Integer.toString(256 << 10));
    settings.putIfAbsent("compression.type", "lz4");
    settings.putIfAbsent("enable.idempotence", "true");
    try {
      return new TopicWriter(
          topic,
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
    } catch (KafkaException e) {
      throw KafkaClients.trouble(topic, e);
    }
  }

  private static void make(Topic topic, Admin admin, int partitions) {
    NewTopic made =
        new NewTopic(topic.name(), Optional.of(partitions), Optional.empty())
            .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1"));
    try {
      ask(topic, admin.createTopics(List.of(made)).all());
    } catch (HeadwaterException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  /** Brokers delete by the records' times, however new they are in the topic. */
  private static void keeps(Topic topic, Admin admin, Instant oldest) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    Config config =
        Objects.requireNonNull(
            ask(topic, admin.describeConfigs(List.of(resource)).all()).get(resource));
    long millis = Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value());
    boolean deletes = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value().contains("delete");
    boolean theirs =
        config.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).value().equals("CreateTime");
    if (deletes && theirs && millis >= 0 && oldest.isBefore(Instant.now().minusMillis(millis))) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot play rows from %s into %s: it deletes records that are older than %d hours."
              .formatted(oldest, topic, Duration.ofMillis(millis).toHours()),
          "name a topic that is not there yet, or let it keep them: kafka-configs --alter --topic "
              + topic.name()
              + " --add-config retention.ms=-1.");
    }
  }

  private static <T> T ask(Topic topic, KafkaFuture<T> answer) {
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw KafkaClients.trouble(topic, new org.apache.kafka.common.errors.TimeoutException(e));
    } catch (ExecutionException e) {
      throw KafkaClients.trouble(
          topic,
          e.getCause() instanceof RuntimeException known
              ? known
              : new KafkaException(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking for " + topic, e);
    }
  }

  /**
   * Sends a record; returns before it is there.
   *
   * @param millis its timestamp, since 1970
   * @throws HeadwaterException if an earlier one could not be sent
   */
  public void send(byte @Nullable [] key, byte[] value, long millis) {
    check();
    try {
      var unused =
          producer.send(
              new ProducerRecord<>(topic.name(), null, Math.max(0, millis), key, value),
              (sent, e) -> {
                if (e != null) {
                  failed.compareAndSet(null, e);
                }
              });
    } catch (KafkaException e) {
      throw trouble(e);
    }
  }

  /** Waits until all are there. */
  public void flush() {
    producer.flush();
    check();
  }

  private void check() {
    Exception e = failed.get();
    if (e != null) {
      throw trouble(e);
    }
  }

  private HeadwaterException trouble(Exception e) {
    return new HeadwaterException(
        Kind.UNREACHABLE,
        "Cannot write to " + topic + ": " + e.getMessage() + ".",
        "check that its brokers run and take records of this size, then play again.",
        e);
  }

  @Override
  public void close() {
    producer.close(PATIENCE);
  }
}

package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;

/**
 * What a topic holds now: its id, its partitions, their offsets. Every question waits for the
 * brokers, a minute unless said, and throws {@link HeadwaterException} UNREACHABLE if they don't
 * answer, DATA if there is no such topic, USAGE if they don't let us in.
 */
public final class TopicOffsets implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Topic topic;
  private final Duration patience;
  private final Admin admin;

  private TopicOffsets(Topic topic, Duration patience) {
    this.topic = topic;
    this.patience = patience;
    this.admin = KafkaClients.admin(topic);
  }

  public static TopicOffsets open(Topic topic) {
    return open(topic, PATIENCE);
  }

  /**
   * Opens a client of its own.
   *
   * @param patience how long to wait for brokers that don't answer
   */
  public static TopicOffsets open(Topic topic, Duration patience) {
    return new TopicOffsets(topic, patience);
  }

  /**
   * A topic as it is.
   *
   * @param id tells it from another one that had its name; empty where brokers give none
   * @param partitions their numbers, in order
   */
  public record Description(String id, List<Integer> partitions) {}

  public Description describe() {
    TopicDescription now =
        Objects.requireNonNull(
            ask(admin.describeTopics(List.of(topic.name())).allTopicNames()).get(topic.name()));
    return new Description(
        now.topicId().equals(Uuid.ZERO_UUID) ? "" : now.topicId().toString(),
        now.partitions().stream().map(TopicPartitionInfo::partition).sorted().toList());
  }

  /** The offset of the oldest record that is still there. */
  public Offsets beginning() {
    return offsets(OffsetSpec.earliest(), Offsets.NONE);
  }

  /** The offset after the newest record that can be read: open transactions end it. */
  public Offsets end() {
    return offsets(OffsetSpec.latest(), Offsets.NONE);
  }

  /** The offset of the first record with this time or a later one; the end if there is none. */
  public Offsets at(Instant time) {
    return offsets(OffsetSpec.forTimestamp(time.toEpochMilli()), end());
  }

  private Offsets offsets(OffsetSpec spec, Offsets otherwise) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (int partition : describe().partitions()) {
      asked.put(new TopicPartition(topic.name(), partition), spec);
    }
    Map<Integer, Long> found = new HashMap<>();
    Map<TopicPartition, ListOffsetsResultInfo> answers =
        ask(admin.listOffsets(asked, new ListOffsetsOptions(isolation())).all());
    answers.forEach(
        (partition, answer) -> {
          Long none = otherwise.of(partition.partition());
          if (answer.offset() >= 0) {
            found.put(partition.partition(), answer.offset());
          } else if (none != null) {
            found.put(partition.partition(), none);
          }
        });
    return Offsets.of(found);
  }

  private IsolationLevel isolation() {
    String said = topic.properties().getOrDefault(KafkaClients.ISOLATION, "read_committed");
    return said.equals("read_uncommitted")
        ? IsolationLevel.READ_UNCOMMITTED
        : IsolationLevel.READ_COMMITTED;
  }

  private <T> T ask(KafkaFuture<T> answer) {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking for " + topic, e);
    } catch (TimeoutException e) {
      throw KafkaClients.trouble(topic, new org.apache.kafka.common.errors.TimeoutException(e));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw KafkaClients.trouble(
          topic, cause instanceof RuntimeException known ? known : new KafkaException(cause));
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }
}

package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * A consumer of some partitions, which are assigned to it: no group, no rebalance. Values are
 * slices of what was fetched. One thread.
 */
final class Fetcher implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Topic topic;
  private final Consumer<ByteBuffer, ByteBuffer> consumer;
  private final Map<Integer, Long> positions = new TreeMap<>();
  private Map<Integer, Long> ends = Map.of();

  Fetcher(Topic topic) {
    this.topic = topic;
    Map<String, Object> settings = new HashMap<>();
    settings.put("client.id", "headwater-" + topic.name());
    settings.put("fetch.max.bytes", 16 << 20);
    settings.put("max.partition.fetch.bytes", 4 << 20);
    settings.put("max.poll.records", 8_192);
    // A trickle comes in batches too.
    settings.put("fetch.min.bytes", 64 << 10);
    settings.put("fetch.max.wait.ms", 100);
    settings.put("receive.buffer.bytes", 1 << 20);
    settings.put("metadata.max.age.ms", 30_000);
    settings.put("reconnect.backoff.max.ms", 5_000);
    settings.putAll(topic.client());
    settings.putIfAbsent(KafkaClients.ISOLATION, "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.remove("group.id");
    try {
      consumer =
          new KafkaConsumer<>(settings, new ByteBufferDeserializer(), new ByteBufferDeserializer());
    } catch (KafkaException e) {
      throw KafkaClients.trouble(topic, e);
    }
  }

  private TopicPartition partition(int number) {
    return new TopicPartition(topic.name(), number);
  }

  /**
   * What a poll brought of a partition.
   *
   * @param position where it reads on: after what leaves no records too, if that is known at once
   * @param lag how many offsets are left, as far as is known; -1 if nothing is
   */
  record Polled(
      int partition,
      List<ConsumerRecord<ByteBuffer, ByteBuffer>> records,
      long position,
      long lag) {}

  /**
   * Reads these and no others, each on from its offset.
   *
   * @param until before which offsets; a partition that is not in it has no end
   */
  void assign(Map<Integer, Long> next, Map<Integer, Long> until) {
    consumer.assign(next.keySet().stream().map(this::partition).toList());
    next.forEach((partition, offset) -> consumer.seek(partition(partition), offset));
    positions.clear();
    positions.putAll(next);
    ends = until;
  }

  /**
   * What came of each partition, at once or within a time.
   *
   * @throws HeadwaterException if it can't go on; brokers that don't answer bring nothing
   */
  List<Polled> poll(Duration patience) {
    try {
      ConsumerRecords<ByteBuffer, ByteBuffer> all = consumer.poll(patience);
      List<Polled> polled = new ArrayList<>();
      positions.replaceAll(
          (number, before) -> {
            TopicPartition partition = partition(number);
            Polled next = polled(partition, all.records(partition), before);
            polled.add(next);
            return next.position;
          });
      return polled;
    } catch (OffsetOutOfRangeException e) {
      throw outOfRange(e);
    } catch (KafkaException e) {
      throw KafkaClients.trouble(topic, e);
    }
  }

  private Polled polled(
      TopicPartition partition, List<ConsumerRecord<ByteBuffer, ByteBuffer>> came, long before) {
    Long end = ends.get(partition.partition());
    if (end != null && before >= end) {
      return new Polled(partition.partition(), List.of(), before, 0);
    }
    long position = position(partition, came, before);
    if (end == null || position < end) {
      long lag = consumer.currentLag(partition).orElse(-1);
      return new Polled(partition.partition(), came, position, lag);
    }
    consumer.pause(List.of(partition));
    return new Polled(
        partition.partition(),
        came.stream().filter(record -> record.offset() < end).toList(),
        end,
        0);
  }

  private long position(
      TopicPartition partition, List<ConsumerRecord<ByteBuffer, ByteBuffer>> came, long before) {
    try {
      return consumer.position(partition, Duration.ZERO);
    } catch (TimeoutException e) {
      return came.isEmpty() ? before : came.get(came.size() - 1).offset() + 1;
    }
  }

  /** Where partitions begin that nobody has read. */
  Map<Integer, Long> start(Start start, Collection<Integer> partitions) {
    List<TopicPartition> all = partitions.stream().map(this::partition).toList();
    Map<Integer, Long> found = new HashMap<>();
    try {
      consumer
          .beginningOffsets(all, PATIENCE)
          .forEach((partition, offset) -> found.put(partition.partition(), offset));
      if (start instanceof Start.End) {
        consumer
            .endOffsets(all, PATIENCE)
            .forEach((partition, offset) -> found.put(partition.partition(), offset));
      } else if (start instanceof Start.Time time) {
        Map<TopicPartition, Long> times = new HashMap<>();
        all.forEach(partition -> times.put(partition, time.at().toEpochMilli()));
        Map<TopicPartition, OffsetAndTimestamp> at = consumer.offsetsForTimes(times, PATIENCE);
        consumer
            .endOffsets(all, PATIENCE)
            .forEach(
                (partition, end) -> {
                  OffsetAndTimestamp first = at.get(partition);
                  found.put(partition.partition(), first == null ? end : first.offset());
                });
      } else if (start instanceof Start.At given) {
        given
            .offsets()
            .forEach((partition, offset) -> found.computeIfPresent(partition, (p, o) -> offset));
      }
    } catch (KafkaException e) {
      throw KafkaClients.trouble(topic, e);
    }
    return found;
  }

  private HeadwaterException outOfRange(OffsetOutOfRangeException e) {
    Map<TopicPartition, Long> asked = e.offsetOutOfRangePartitions();
    TopicPartition partition = asked.keySet().iterator().next();
    long offset = asked.values().iterator().next();
    long begin;
    long end;
    try {
      begin = consumer.beginningOffsets(List.of(partition), PATIENCE).getOrDefault(partition, 0L);
      end = consumer.endOffsets(List.of(partition), PATIENCE).getOrDefault(partition, 0L);
    } catch (KafkaException cause) {
      return KafkaClients.trouble(topic, cause);
    }
    String what =
        "Cannot read %s on from offset %d of partition %d: "
            .formatted(topic, offset, partition.partition());
    return offset < begin
        ? new HeadwaterException(
            Kind.DATA,
            what + "%d records have expired, it begins at %d.".formatted(begin - offset, begin),
            "restore them, or accept the loss by moving the table's offsets to " + begin + ".",
            e)
        : new HeadwaterException(
            Kind.DATA,
            what + "it ends at " + end + "; the topic has lost records, or was made again.",
            "find out which; then move the table's offsets to where it is to go on.",
            e);
  }

  @Override
  public void close() {
    consumer.close(Duration.ofMillis(100));
  }
}

package dev.headwater.kafka;

import dev.headwater.kafka.OffsetRanges.Range;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of one range, batch by batch; waits for them. One thread, one poll in memory. */
final class TopicRange implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicRange.class);
  private static final Duration WAIT = Duration.ofSeconds(10);

  private final Topic topic;
  private final Range range;
  private final Fetcher fetcher;
  private final PartitionReads reads;
  private final Queue<PartitionReads.Waiting> waiting = new ArrayDeque<>();

  TopicRange(Topic topic, String topicId, Range range) {
    this.topic = topic;
    this.range = range;
    this.fetcher = new Fetcher(topic);
    this.reads = new PartitionReads(topicId, PartitionReads.at(range.partition(), range.from()), 0);
    fetcher.assign(Map.of(range.partition(), range.from()));
  }

  /** The next batch, of rows or of nothing but a range; null at the end. */
  @Nullable RawBatch next() {
    while (waiting.isEmpty() && reads.polled() < range.to()) {
      List<ConsumerRecord<ByteBuffer, ByteBuffer>> came =
          fetcher.of(fetcher.poll(WAIT), range.partition());
      long position = fetcher.position(range.partition(), came, reads.polled());
      if (came.isEmpty() && position == reads.polled()) {
        LOG.warn("Nothing comes of {}, partition {}. Waiting.", topic, range.partition());
        continue;
      }
      if (position >= range.to()) {
        came = came.stream().filter(record -> record.offset() < range.to()).toList();
        position = range.to();
      }
      reads.polled(came, position, waiting);
    }
    PartitionReads.Waiting next = waiting.poll();
    return next == null ? null : next.batch();
  }

  @Override
  public void close() {
    fetcher.close();
  }
}

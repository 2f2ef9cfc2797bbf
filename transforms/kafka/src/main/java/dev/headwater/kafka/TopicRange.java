package dev.headwater.kafka;

import dev.headwater.kafka.OffsetRanges.Range;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
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
    fetcher.assign(Map.of(range.partition(), range.from()), Map.of(range.partition(), range.to()));
  }

  /** The next batch, of rows or of nothing but a range; null at the end. */
  @Nullable RawBatch next() {
    while (waiting.isEmpty() && reads.polled() < range.to()) {
      Fetcher.Polled came = fetcher.poll(WAIT).get(0);
      if (came.records().isEmpty() && came.position() == reads.polled()) {
        LOG.warn("Nothing comes of {}, partition {}. Waiting.", topic, range.partition());
        continue;
      }
      reads.polled(came.records(), came.position(), waiting);
    }
    PartitionReads.Waiting next = waiting.poll();
    return next == null ? null : next.batch();
  }

  @Override
  public void close() {
    fetcher.close();
  }
}

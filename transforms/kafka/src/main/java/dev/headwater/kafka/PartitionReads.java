package dev.headwater.kafka;

import dev.headwater.columns.RowBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What was polled of one partition and was not yet emitted, and how far it is. One thread. */
final class PartitionReads {
  /** Bounds of event time as Beam has them. */
  private static final long LEAST = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  private static final long GREATEST = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis() - 1;

  /**
   * A batch that waits to be emitted.
   *
   * @param least of its records' times, in milliseconds since 1970
   * @param watermark the partition's when it is emitted
   */
  record Waiting(RawBatch batch, long least, long watermark, PartitionReads of) {}

  private final String topicId;
  private final int partition;
  private final long lateness;
  private long polled;
  private boolean first;
  private long polledWatermark;
  private long next;
  private boolean begun;
  private long watermark;
  private long bytes;
  private long records;

  PartitionReads(String topicId, Mark.Place place, long lateness) {
    this.topicId = topicId;
    this.partition = place.partition();
    this.lateness = lateness;
    this.next = place.next();
    this.polled = next;
    this.begun = place.begun();
    this.first = !begun;
    this.watermark = place.watermark();
    this.polledWatermark = watermark;
  }

  static Mark.Place at(int partition, long next) {
    return new Mark.Place(partition, next, false, LEAST);
  }

  int partition() {
    return partition;
  }

  /** The position after what was polled. */
  long polled() {
    return polled;
  }

  long watermark() {
    return watermark;
  }

  Mark.Place place() {
    return new Mark.Place(partition, next, begun, watermark);
  }

  /** How many bytes so many records will be, by those that came. */
  long bytes(long lag) {
    return records == 0 ? lag : Math.round((double) lag * bytes / records);
  }

  /** Takes what a poll brought, with the position after it. */
  void polled(
      List<ConsumerRecord<ByteBuffer, ByteBuffer>> all, long position, Queue<Waiting> waiting) {
    int from = 0;
    long size = 0;
    for (int i = 0; i < all.size(); i++) {
      ConsumerRecord<ByteBuffer, ByteBuffer> record = all.get(i);
      long own =
          (long) Math.max(0, record.serializedKeySize())
              + Math.max(0, record.serializedValueSize());
      if (i > from && (size + own > RowBatch.MAX_BYTES || i - from == RowBatch.MAX_ROWS)) {
        add(all.subList(from, i), record.offset(), waiting);
        from = i;
        size = 0;
      }
      size += own;
      bytes += own;
      records++;
    }
    add(new ArrayList<>(all.subList(from, all.size())), position, waiting);
  }

  private void add(
      List<ConsumerRecord<ByteBuffer, ByteBuffer>> part, long position, Queue<Waiting> waiting) {
    long least = GREATEST;
    long greatest = LEAST;
    int late = 0;
    for (ConsumerRecord<ByteBuffer, ByteBuffer> record : part) {
      if (RawRows.timed(record)) {
        least = Math.min(least, record.timestamp());
        greatest = Math.max(greatest, record.timestamp());
        late += record.timestamp() < polledWatermark ? 1 : 0;
      }
    }
    if (greatest != LEAST) {
      polledWatermark = Math.max(polledWatermark, Math.max(LEAST, greatest - lateness));
    } else {
      least = Math.max(LEAST, watermark);
    }
    RawBatch batch =
        new RawBatch(topicId, partition, polled, position, first, late, RawRows.of(part));
    first = false;
    polled = position;
    waiting.add(new Waiting(batch, Math.max(LEAST, least), polledWatermark, this));
  }

  void emitted(Waiting done) {
    next = done.batch().next();
    begun = true;
    watermark = Math.max(watermark, done.watermark());
  }

  /** Nothing is left to read: it holds nobody back. */
  void idle(long nowMillis) {
    polledWatermark = Math.max(polledWatermark, nowMillis - lateness);
    watermark = Math.max(watermark, polledWatermark);
  }
}

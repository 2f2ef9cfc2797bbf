package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the partitions of one split. Never waits for brokers, but when it opens. */
final class KafkaReader extends UnboundedSource.UnboundedReader<RawBatch> {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaReader.class);

  /** How long a position may be ahead of the last record before it is told without one. */
  private static final long HOLES_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final KafkaSource source;
  private final KafkaRecords.How how;
  private final TopicWatch watch;
  private final Map<Integer, PartitionReads> reads = new TreeMap<>();
  private final Queue<PartitionReads.Waiting> waiting = new ArrayDeque<>();
  private Mark mark;
  private @Nullable Fetcher fetcher;
  private PartitionReads.@Nullable Waiting current;
  private long retryAt = System.nanoTime();
  private long holesAt = System.nanoTime();
  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long backlog;

  KafkaReader(KafkaSource source, Mark mark) {
    this.source = source;
    this.how = source.how();
    this.watch = TopicWatch.of(how.topic());
    this.mark = mark;
  }

  @Override
  public boolean start() {
    return advance();
  }

  @Override
  public boolean advance() {
    if (waiting.isEmpty() && discovered()) {
      poll();
    }
    PartitionReads.Waiting next = waiting.poll();
    if (next == null) {
      return false;
    }
    current = next;
    next.of().emitted(next);
    return true;
  }

  /** Whether there is anything to poll. */
  private boolean discovered() {
    TopicOffsets.Description now = watch.last(TimeUnit.MILLISECONDS.toNanos(how.discoverMillis()));
    if (now == null || System.nanoTime() - retryAt < 0) {
      return fetcher != null && !reads.isEmpty();
    }
    same(mark.id(), now);
    List<Integer> fresh =
        now.partitions().stream()
            .filter(source::owns)
            .filter(p -> !reads.containsKey(p))
            .filter(p -> how.end() == null || how.end().of(p) != null)
            .toList();
    if (!mark.opened() || !fresh.isEmpty()) {
      try {
        open(now, fresh);
      } catch (HeadwaterException e) {
        if (e.kind() != Kind.UNREACHABLE) {
          throw e;
        }
        LOG.warn("{} Trying again.", e.what());
        retryAt = System.nanoTime() + RETRY_NANOS;
      }
    }
    return fetcher != null && !reads.isEmpty();
  }

  private void open(TopicOffsets.Description now, List<Integer> fresh) {
    TableOffsets after = how.after();
    Progress known = after == null ? null : after.now().orElse(null);
    if (known != null) {
      if (!known.topic().equals(how.topic().name())) {
        throw new HeadwaterException(
            Kind.USAGE,
            "Cannot read %s into %s: what it has of this sink is of topic %s."
                .formatted(how.topic(), after == null ? "" : after.table(), known.topic()),
            "give what reads another topic another name.");
      }
      same(known.id(), now);
    }
    if (fetcher == null) {
      fetcher = new Fetcher(how.topic());
    }
    Map<Integer, PartitionReads> opened = new TreeMap<>();
    List<Integer> unknown = new ArrayList<>();
    for (int partition : fresh) {
      Mark.Place place = place(partition);
      Long inTable = known == null ? null : known.next().of(partition);
      if (inTable != null && (place == null || place.next() < inTable)) {
        place = PartitionReads.at(partition, inTable);
      }
      if (place == null) {
        unknown.add(partition);
      } else {
        opened.put(partition, new PartitionReads(now.id(), place, how.latenessMillis()));
      }
    }
    if (!unknown.isEmpty()) {
      // Partitions that came after the others were begun are read whole.
      Start start = mark.opened() || known != null ? new Start.Beginning() : how.start();
      fetcher
          .start(start, unknown)
          .forEach(
              (partition, offset) ->
                  opened.put(
                      partition,
                      new PartitionReads(
                          now.id(), PartitionReads.at(partition, offset), how.latenessMillis())));
    }
    reads.putAll(opened);
    Map<Integer, Long> positions = new TreeMap<>();
    reads.forEach((partition, read) -> positions.put(partition, read.polled()));
    fetcher.assign(positions);
    mark = new Mark(now.id(), true, mark.places());
  }

  private Mark.@Nullable Place place(int partition) {
    return mark.places().stream()
        .filter(place -> place.partition() == partition)
        .findFirst()
        .orElse(null);
  }

  private void same(String id, TopicOffsets.Description now) {
    if (!id.isEmpty() && !now.id().isEmpty() && !id.equals(now.id())) {
      throw KafkaClients.madeAgain(how.topic(), id, now.id());
    }
  }

  private void poll() {
    Fetcher from = fetcher;
    if (from == null) {
      return;
    }
    ConsumerRecords<ByteBuffer, ByteBuffer> polled = from.poll(Duration.ZERO);
    boolean holes = System.nanoTime() - holesAt > HOLES_NANOS;
    long left = 0;
    for (PartitionReads read : reads.values()) {
      if (isDone(read)) {
        continue;
      }
      List<ConsumerRecord<ByteBuffer, ByteBuffer>> came = from.of(polled, read.partition());
      long position = from.position(read.partition(), came, read.polled());
      Long end = how.end() == null ? null : how.end().of(read.partition());
      if (end != null && position >= end) {
        came = came.stream().filter(record -> record.offset() < end).toList();
        position = end;
        from.pause(read.partition());
      }
      if (!came.isEmpty() || (position > read.polled() && (holes || end != null))) {
        read.polled(came, position, waiting);
      }
      long lag = from.lag(read.partition());
      left += Math.max(0, lag) == 0 ? 0 : read.bytes(lag);
      if (lag == 0 && came.isEmpty()) {
        read.idle(System.currentTimeMillis());
      }
    }
    backlog = left;
    if (holes) {
      holesAt = System.nanoTime();
    }
  }

  /** Whether it is told where to end, and is there. */
  private boolean isDone() {
    Offsets end = how.end();
    return end != null
        && end.all().keySet().stream()
            .filter(source::owns)
            .allMatch(p -> reads.containsKey(p) && isDone(reads.get(p)));
  }

  private boolean isDone(PartitionReads read) {
    Long end = how.end() == null ? null : how.end().of(read.partition());
    return end != null && read.polled() >= end;
  }

  @Override
  public RawBatch getCurrent() {
    return now().batch();
  }

  @Override
  public Instant getCurrentTimestamp() {
    return Instant.ofEpochMilli(now().least());
  }

  private PartitionReads.Waiting now() {
    PartitionReads.Waiting now = current;
    if (now == null) {
      throw new NoSuchElementException();
    }
    return now;
  }

  @Override
  public Instant getWatermark() {
    if (mark.opened() && waiting.isEmpty() && isDone()) {
      return BoundedWindow.TIMESTAMP_MAX_VALUE;
    }
    // A partition that comes later does not turn it back.
    watermark = Math.max(watermark, least());
    return Instant.ofEpochMilli(watermark);
  }

  private long least() {
    if (!reads.isEmpty()) {
      return reads.values().stream().mapToLong(PartitionReads::watermark).min().orElseThrow();
    }
    return mark.opened() && mark.places().isEmpty()
        ? System.currentTimeMillis() - how.latenessMillis()
        : mark.places().stream().mapToLong(Mark.Place::watermark).min().orElse(watermark);
  }

  @Override
  public Mark getCheckpointMark() {
    return reads.isEmpty()
        ? mark
        : new Mark(mark.id(), true, reads.values().stream().map(PartitionReads::place).toList());
  }

  @Override
  public long getSplitBacklogBytes() {
    return backlog;
  }

  @Override
  public KafkaSource getCurrentSource() {
    return source;
  }

  @Override
  public void close() {
    if (fetcher != null) {
      fetcher.close();
      fetcher = null;
    }
  }
}

package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
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
  private @Nullable Ahead ahead;
  private PartitionReads.@Nullable Waiting current;
  private long retryAt = System.nanoTime();
  private long holesAt = System.nanoTime();
  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long backlog;
  private boolean told;

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
    if (!told) {
      how.topic().read();
      told = true;
    }
    current = next;
    next.of().emitted(next);
    return true;
  }

  /** Whether there is anything to poll. */
  private boolean discovered() {
    TopicOffsets.Description now = watch.last(TimeUnit.MILLISECONDS.toNanos(how.discoverMillis()));
    if (now == null || System.nanoTime() - retryAt < 0) {
      return !reads.isEmpty();
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
    return !reads.isEmpty();
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
    stop();
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
    fetcher.assign(positions, how.end() == null ? Map.of() : how.end().all());
    ahead = Ahead.of(fetcher);
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
    List<Fetcher.Polled> polled = next();
    if (polled == null) {
      return;
    }
    boolean holes = System.nanoTime() - holesAt > HOLES_NANOS;
    long left = 0;
    for (Fetcher.Polled came : polled) {
      PartitionReads read = Objects.requireNonNull(reads.get(came.partition()));
      boolean moved = came.position() > read.polled();
      if (!came.records().isEmpty() || (moved && (holes || end(came.partition()) != null))) {
        read.polled(came.records(), came.position(), waiting);
      }
      if (came.lag() > 0) {
        left += read.bytes(came.lag());
      } else if (came.lag() == 0 && came.records().isEmpty() && !isDone(read)) {
        read.idle(System.currentTimeMillis());
      }
    }
    backlog = left;
    if (holes) {
      holesAt = System.nanoTime();
    }
  }

  private @Nullable List<Fetcher.Polled> next() {
    try {
      return ahead == null ? null : ahead.next();
    } catch (HeadwaterException e) {
      if (e.kind() == Kind.DATA) {
        // That it is another topic explains more than that it has no such offset.
        try (TopicOffsets offsets = TopicOffsets.open(how.topic())) {
          same(mark.id(), offsets.describe());
        }
      }
      throw e;
    }
  }

  private @Nullable Long end(int partition) {
    return how.end() == null ? null : how.end().of(partition);
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
    Long end = end(read.partition());
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

  /** What was polled and not taken yet is polled again. */
  private void stop() {
    if (ahead != null) {
      ahead.close();
      ahead = null;
    }
  }

  @Override
  public void close() {
    stop();
    if (fetcher != null) {
      fetcher.close();
      fetcher = null;
    }
  }
}

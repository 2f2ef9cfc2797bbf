package dev.headwater.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.kafka.decode.RawRecords;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A reader and a real broker. */
final class KafkaReaderIT {
  private static final KafkaBroker BROKER = KafkaBroker.shared();
  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(5);

  @Test
  void readsEachRecordOnceFromAnyMark() throws Exception {
    Topic topic = topic("once", 3);
    send(topic, 3, 0, 30_000);
    Read all = new Read();
    Mark mark = Mark.NEW;
    // A new reader after each dozen batches, from bytes of the mark.
    while (all.records() < 30_000) {
      try (KafkaReader reader = reader(KafkaRecords.of(topic), mark)) {
        int end = all.batches.size() + 12;
        all.from(reader, () -> all.batches.size() >= end || all.records() == 30_000);
        mark = through(reader.getCheckpointMark());
      }
    }
    for (int partition = 0; partition < 3; partition++) {
      int own = partition;
      assertThat(all.values.get(partition))
          .as("partition " + partition)
          .isEqualTo(IntStream.range(0, 10_000).mapToObj(i -> own + "-" + i).toList());
    }
    all.areWithoutGaps();
    assertThat(all.batches.size()).as("batches").isLessThan(200);
  }

  @Test
  void newPartitionsAreFoundAndReadWhole() throws Exception {
    Topic topic = topic("grows", 1);
    send(topic, 1, 0, 10);
    KafkaRecords.How how = how(KafkaRecords.of(topic).from(new Start.End()));
    Read all = new Read();
    try (KafkaReader one = new KafkaSource(how, 0, 2).createReader(options(), null);
        KafkaReader other = new KafkaSource(how, 1, 2).createReader(options(), null)) {
      all.from(one, () -> !one.getCheckpointMark().places().isEmpty());
      all.from(other, () -> other.getCheckpointMark().opened());
      try (Admin admin = BROKER.admin()) {
        admin.createPartitions(Map.of("grows", NewPartitions.increaseTo(4))).all().get();
      }
      send(topic, 4, 10, 18);
      all.from(other, () -> all.of(1) == 2 && all.of(3) == 2);
      all.from(one, () -> all.of(0) == 2 && all.of(2) == 2);
    }
    assertThat(all.values.get(0)).as("from the end").containsExactly("0-12", "0-16");
    all.areWithoutGaps();
  }

  @Test
  void abortedTransactionsAndMarkersAreNoGaps() throws Exception {
    Topic topic = topic("transactions", 1);
    try (var producer = BROKER.producer(Map.of("transactional.id", "t1"))) {
      producer.initTransactions();
      for (int i = 0; i < 10; i++) {
        producer.beginTransaction();
        for (int j = 0; j < 3; j++) {
          producer.send(record(topic, 0, i * 10 + j)).get();
        }
        if (i % 2 == 0) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
      producer.beginTransaction();
      producer.send(record(topic, 0, 999)).get();
      Read all = new Read();
      try (KafkaReader reader = reader(KafkaRecords.of(topic), Mark.NEW)) {
        // Five aborted ones, and a marker after each of the ten; then an open one.
        all.from(reader, () -> all.next(0) == 40);
        assertThat(all.values.get(0)).hasSize(15).doesNotContain("0-10", "0-999");
        producer.commitTransaction();
        all.from(reader, () -> all.next(0) == 42);
        assertThat(all.values.get(0)).hasSize(16).contains("0-999");
      }
      all.areWithoutGaps();
    }
  }

  @Test
  void compactedTopicsAreNoGaps() throws Exception {
    BROKER.create(
        "compacted",
        1,
        Map.of(
            "cleanup.policy", "compact",
            "segment.ms", "100",
            "min.cleanable.dirty.ratio", "0.01",
            "max.compaction.lag.ms", "200"));
    Topic topic = Topic.of(BROKER.servers(), "compacted");
    long until = System.nanoTime() + PATIENCE;
    Read all;
    int sent = 0;
    do {
      assertThat(System.nanoTime()).as("compacted in time").isLessThan(until);
      for (int i = 0; i < 50; i++) {
        BROKER.send(List.of(keyed(topic, i % 5, sent++)));
      }
      TimeUnit.MILLISECONDS.sleep(500);
      Read now = new Read();
      int end = sent;
      try (KafkaReader reader = reader(KafkaRecords.of(topic), Mark.NEW)) {
        now.from(reader, () -> now.next(0) == end);
      }
      all = now;
    } while (all.records() == sent);
    all.areWithoutGaps();
    assertThat(all.batches.get(0).from()).isZero();
  }

  @Test
  void aTopicThatWasMadeAgainIsNotReadOn() throws Exception {
    Topic topic = topic("again", 1);
    send(topic, 1, 0, 5);
    Read all = new Read();
    Mark mark;
    try (KafkaReader reader = reader(KafkaRecords.of(topic), Mark.NEW)) {
      all.from(reader, () -> all.of(0) == 5);
      mark = through(reader.getCheckpointMark());
      BROKER.delete("again");
      topic("again", 1);
      send(topic, 1, 0, 20);
      assertThatThrownBy(() -> new Read().from(reader, () -> false))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("it was deleted and made again");
    }
    try (KafkaReader reader = reader(KafkaRecords.of(topic), mark)) {
      assertThatThrownBy(() -> new Read().from(reader, () -> false))
          .hasMessageContaining("it was deleted and made again")
          .hasMessageContaining("Fix: ");
    }
  }

  @Test
  void aTopicThatIsMissingOrExpiredIsSaid() throws Exception {
    try (KafkaReader reader =
        reader(KafkaRecords.of(Topic.of(BROKER.servers(), "missing")), Mark.NEW)) {
      assertThatThrownBy(() -> new Read().from(reader, () -> false))
          .hasMessageContaining("there is no such topic");
    }
    Topic topic = topic("expired", 1);
    send(topic, 1, 0, 10);
    Mark mark;
    Read all = new Read();
    try (KafkaReader reader = reader(KafkaRecords.of(topic), Mark.NEW)) {
      all.from(reader, () -> all.of(0) == 10);
      mark = reader.getCheckpointMark();
    }
    send(topic, 1, 10, 30);
    try (Admin admin = BROKER.admin()) {
      admin
          .deleteRecords(Map.of(new TopicPartition("expired", 0), RecordsToDelete.beforeOffset(17)))
          .all()
          .get();
    }
    try (KafkaReader reader = reader(KafkaRecords.of(topic), mark)) {
      assertThatThrownBy(() -> new Read().from(reader, () -> false))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("on from offset 10 of partition 0: 7 records have expired")
          .hasMessageContaining("it begins at 17");
    }
  }

  @Test
  void whileTheBrokerIsAwayItWaits() throws Exception {
    Topic topic = topic("away", 1);
    send(topic, 1, 0, 100);
    Read all = new Read();
    try (KafkaReader reader = reader(KafkaRecords.of(topic), Mark.NEW)) {
      all.from(reader, () -> all.of(0) == 100);
      BROKER.kill();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
      all.from(reader, () -> System.nanoTime() > until);
      BROKER.restart();
      send(topic, 1, 100, 200);
      all.from(reader, () -> all.of(0) == 200);
    }
    all.areWithoutGaps();
  }

  @Test
  void aLargeRecordPassesAlone() throws Exception {
    BROKER.create("large", 1, Map.of("max.message.bytes", Integer.toString(80 << 20)));
    Topic topic = Topic.of(BROKER.servers(), "large");
    int size = 64 << 20;
    try (var producer =
        BROKER.producer(
            Map.of("max.request.size", 80 << 20, "buffer.memory", 100L << 20, "acks", "all"))) {
      producer.send(record(topic, 0, 0)).get();
      producer.send(new ProducerRecord<>("large", 0, null, new byte[size])).get();
      producer.send(record(topic, 0, 2)).get();
    }
    List<Integer> sizes = new ArrayList<>();
    Read all = new Read();
    try (KafkaReader reader = reader(KafkaRecords.of(topic), Mark.NEW)) {
      while (all.next(0) < 3) {
        if (reader.advance()) {
          RawBatch batch = reader.getCurrent();
          all.next.put(0, batch.next());
          int[] at = ((BytesColumn) batch.rows().column(RawRecords.VALUE)).offsets();
          IntStream.range(1, at.length).forEach(i -> sizes.add(at[i] - at[i - 1]));
        }
      }
    }
    assertThat(sizes).containsExactly(3, size, 3);
  }

  @Test
  void theWatermarkFollowsTheRecordsAndIdlePartitionsDontHoldItBack() throws Exception {
    Topic topic = topic("times", 2);
    long now = System.currentTimeMillis();
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (long at : new long[] {now - 100_000, now - 10_000}) {
      records.add(new ProducerRecord<>("times", 0, at, null, new byte[] {1}));
    }
    BROKER.send(records);
    Read all = new Read();
    try (KafkaReader reader =
        reader(KafkaRecords.of(topic).lateness(org.joda.time.Duration.millis(5_000)), Mark.NEW)) {
      all.from(reader, () -> all.of(0) == 2);
      assertThat(all.least).containsExactly(now - 100_000);
      all.from(reader, () -> reader.getWatermark().getMillis() >= now - 5_000);
      assertThat(all.late).isZero();
      BROKER.send(List.of(new ProducerRecord<>("times", 0, now - 60_000, null, new byte[] {1})));
      all.from(reader, () -> all.of(0) == 3);
      assertThat(all.late).isEqualTo(1);
    }
  }

  @Test
  void endsWhereItIsTold() throws Exception {
    Topic topic = topic("ends", 2);
    send(topic, 2, 0, 100);
    Read all = new Read();
    try (KafkaReader reader =
        reader(KafkaRecords.of(topic).until(Offsets.of(Map.of(0, 20L, 1, 50L))), Mark.NEW)) {
      all.from(reader, () -> reader.getWatermark().equals(BoundedWindow.TIMESTAMP_MAX_VALUE));
    }
    assertThat(all.of(0)).isEqualTo(20);
    assertThat(all.of(1)).isEqualTo(50);
    assertThat(all.next).isEqualTo(Map.of(0, 20L, 1, 50L));
  }

  /** What readers gave. */
  private static final class Read {
    final List<RawBatch> batches = new ArrayList<>();
    final Map<Integer, List<String>> values = new TreeMap<>();
    final Map<Integer, Long> next = new HashMap<>();
    final List<Long> least = new ArrayList<>();
    int late;

    void from(KafkaReader reader, BooleanSupplier end) {
      long until = System.nanoTime() + PATIENCE;
      while (!end.getAsBoolean()) {
        assertThat(System.nanoTime()).as("in time, after " + next).isLessThan(until);
        if (!reader.advance()) {
          Thread.onSpinWait();
          continue;
        }
        RawBatch batch = reader.getCurrent();
        batches.add(batch);
        least.add(reader.getCurrentTimestamp().getMillis());
        late += batch.late();
        next.put(batch.partition(), batch.next());
        BytesColumn column = (BytesColumn) batch.rows().column(RawRecords.VALUE);
        for (int row = 0; row < batch.rows().size(); row++) {
          values.computeIfAbsent(batch.partition(), p -> new ArrayList<>()).add(column.string(row));
        }
      }
    }

    int of(int partition) {
      return values.getOrDefault(partition, List.of()).size();
    }

    int records() {
      return values.values().stream().mapToInt(List::size).sum();
    }

    long next(int partition) {
      return next.getOrDefault(partition, 0L);
    }

    /** Ranges follow each other, and hold their rows' offsets. */
    void areWithoutGaps() {
      Map<Integer, Long> at = new HashMap<>();
      for (RawBatch batch : batches) {
        Long before = at.put(batch.partition(), batch.next());
        assertThat(batch.first()).isEqualTo(before == null);
        if (before != null) {
          assertThat(batch.from()).isEqualTo(before);
        }
        for (long offset : ((LongColumn) batch.rows().column(RawRecords.OFFSET)).values()) {
          assertThat(offset).isBetween(batch.from(), batch.next() - 1);
        }
      }
    }
  }

  private static KafkaRecords.How how(KafkaRecords records) {
    return records.discover(org.joda.time.Duration.millis(200)).how();
  }

  private static KafkaReader reader(KafkaRecords records, Mark mark) {
    return new KafkaSource(how(records), 0, 1).createReader(options(), mark);
  }

  private static org.apache.beam.sdk.options.PipelineOptions options() {
    return PipelineOptionsFactory.create();
  }

  private static Mark through(Mark mark) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new Mark.Bytes().encode(mark, bytes);
    Mark back = new Mark.Bytes().decode(new ByteArrayInputStream(bytes.toByteArray()));
    assertThat(back).isEqualTo(mark);
    return back;
  }

  private static Topic topic(String name, int partitions) {
    BROKER.create(name, partitions, Map.of());
    return Topic.of(BROKER.servers(), name);
  }

  /** Values are partition-number; number i goes to partition i modulo the partitions. */
  private static void send(Topic topic, int partitions, int from, int to) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = from; i < to; i++) {
      int number = topic.name().equals("once") ? i / partitions : i;
      records.add(record(topic, i % partitions, number));
    }
    BROKER.send(records);
  }

  private static ProducerRecord<byte[], byte[]> record(Topic topic, int partition, int number) {
    byte[] value = (partition + "-" + number).getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic.name(), partition, null, value);
  }

  private static ProducerRecord<byte[], byte[]> keyed(Topic topic, int key, int number) {
    byte[] value = ("0-" + number).getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic.name(), 0, new byte[] {(byte) key}, value);
  }
}

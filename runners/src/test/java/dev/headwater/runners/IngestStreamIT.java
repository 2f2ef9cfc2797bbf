package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.kafka.IngestSpec;
import dev.headwater.kafka.IngestStream;
import dev.headwater.kafka.KafkaRecords;
import dev.headwater.kafka.Offsets;
import dev.headwater.kafka.Progress;
import dev.headwater.kafka.TableOffsets;
import dev.headwater.kafka.Topic;
import dev.headwater.validate.Letters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.joda.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real broker's topic into a table on Flink, while everything dies: each record once. */
final class IngestStreamIT {
  private static final KafkaBroker BROKER = KafkaBroker.shared();
  private static final String SINK = "topic";

  /** Of what comes to a topic while a job reads it. */
  private static final int PARTS = 40;

  /** After so many of them a commit is waited for. */
  private static final int COMMITTED = 8;

  @TempDir private Path folder = Path.of("unset");
  private TableCatalog catalog;

  @BeforeEach
  void open() {
    catalog = TableCatalog.open(CatalogConfig.embedded(folder.resolve("catalog")));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void eachRecordOnceThoughWorkersAndTheBrokerDieAndPartitionsCome() throws Exception {
    TableRef ref = tables("dies", Map.of());
    BROKER.create("dies", 3, Map.of());
    CompletableFuture<Void> rest = CompletableFuture.runAsync(() -> withAnAccident(ref));
    DiesAfterCommits.reset();
    Offsets ends = Offsets.of(Map.of(0, 3_000L, 1, 3_000L, 2, 3_000L, 3, 1_000L));
    Pipeline pipeline = Pipeline.create(flink());
    pipeline
        .apply(records("dies", ref).until(ends))
        .apply(
            "Ingest",
            IngestStream.of(spec("dies", ref, Set.of("0-100", "1-2000")))
                .every(Duration.millis(300)))
        .apply("Die", ParDo.of(new DiesAfterCommits()));
    pipeline.run().waitUntilFinish();
    rest.get();

    assertThat(TopicRows.deaths()).as("workers died before rows were written").isEqualTo(2);
    assertThat(DiesAfterCommits.again()).as("commits that came again").isPositive();
    agrees(ref, ends);
  }

  /** 3,000 records for each partition, 1,000 for the fourth. */
  private void withAnAccident(TableRef ref) {
    trickle(ref, 3, 0, 6_000);
    BROKER.kill();
    BROKER.restart();
    try (Admin admin = BROKER.admin()) {
      admin.createPartitions(Map.of("dies", NewPartitions.increaseTo(4))).all().get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    List<ProducerRecord<byte[], byte[]>> fourth = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      fourth.add(record("dies", 3, i));
    }
    BROKER.send(fourth);
    trickle(ref, 3, 6_000, 9_000);
  }

  @Test
  void aJobTakenBackToAnOlderCheckpointMendsItself() throws Exception {
    TableRef ref = tables("back", Map.of());
    BROKER.create("back", 2, Map.of());
    CompletableFuture<Void> records = CompletableFuture.runAsync(() -> trickle(ref, 2, 0, 4_800));
    Path checkpoints = folder.resolve("checkpoints");
    Pipeline first = Pipeline.create(kept(checkpoints, null));
    first
        .apply(records("back", ref))
        .apply("Ingest", IngestStream.of(spec("back", ref, Set.of())).every(Duration.millis(200)))
        .apply("Die", ParDo.of(new DiesAtCommit("back", 2)));
    assertThatThrownBy(() -> first.run().waitUntilFinish()).hasStackTraceContaining("it is enough");
    Progress before = progress(ref);
    Path old = oldest(checkpoints);
    Offsets ends = Offsets.of(Map.of(0, 2_400L, 1, 2_400L));

    // What was read when it was made is in the checkpoint with it: it has no end.
    Pipeline second = Pipeline.create(kept(folder.resolve("second"), old));
    second
        .apply(records("back", ref))
        .apply(
            "Ingest",
            IngestStream.of(spec("back", ref, Set.of("0-2400"))).every(Duration.millis(200)))
        .apply("Die", ParDo.of(new DiesAtCommit("second", 1_000)));
    CompletableFuture<Void> job = CompletableFuture.runAsync(() -> second.run().waitUntilFinish());
    records.get();
    while (!job.isDone() && !progress(ref).next().equals(ends)) {
      pause();
    }
    BROKER.send(List.of(record("back", 0, 2_400)));
    assertThatThrownBy(job::get).hasStackTraceContaining("the worker dies at 0-2400");
    assertThat(before.next()).as("it was taken back").isNotEqualTo(ends);
    agrees(ref, ends);
  }

  @Test
  void ofEachKeyTheLastRecordStays() throws Exception {
    TableRef ref = tables("newest", Map.of("format-version", "3"));
    BROKER.create("newest", 2, Map.of());
    Map<String, String> last = new TreeMap<>();
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      String key = "k" + i * 7 % 300;
      String text = i % 13 == 5 ? "gone" : i % 17 == 3 ? "bad" : "t" + i;
      records.add(
          new ProducerRecord<>(
              "newest", Integer.parseInt(key.substring(1)) % 2, utf8(key), utf8(text)));
      if (text.equals("gone")) {
        last.remove(key);
      } else if (!text.equals("bad")) {
        last.put(key, text);
      }
    }
    CompletableFuture<Void> rest = CompletableFuture.runAsync(() -> trickle(ref, records));
    DiesAfterCommits.reset();
    Pipeline pipeline = Pipeline.create(flink());
    pipeline
        .apply(records("newest", ref).until(Offsets.of(Map.of(0, 2_000L, 1, 2_000L))))
        .apply(
            "Ingest",
            IngestStream.of(
                    spec("newest", ref, Set.of("t500", "t3000"))
                        .keyed(upsert -> upsert.deletes("gone"), "id"))
                .every(Duration.millis(300)))
        .apply("Die", ParDo.of(new DiesAfterCommits()));
    pipeline.run().waitUntilFinish();
    rest.get();

    Map<String, String> there = new TreeMap<>();
    read(
        catalog.load(ref),
        row ->
            assertThat(there.put((String) row.getField("id"), (String) row.getField("text")))
                .isNull());
    assertThat(there).isEqualTo(last);
    long letters = records.stream().filter(r -> Arrays.equals(r.value(), utf8("bad"))).count();
    long[] seen = new long[1];
    read(catalog.load(Letters.of(ref)), row -> seen[0]++);
    assertThat(seen[0]).isEqualTo(letters);
    long in = 0;
    for (Snapshot snapshot : History.of(catalog.load(ref))) {
      in += Long.parseLong(snapshot.summary().getOrDefault(SummaryKeys.ROWS_IN, "0"));
    }
    assertThat(in).isEqualTo(4_000);
  }

  /** A worker that dies for good when so many commits are done. */
  private static final class DiesAtCommit extends DoFn<Committed, Void> {
    private static final long serialVersionUID = 1;
    private static final Map<String, Set<Long>> SEEN = new HashMap<>();
    private final String job;
    private final int most;

    DiesAtCommit(String job, int most) {
      this.job = job;
      this.most = most;
    }

    @ProcessElement
    public void process(@Element Committed committed) {
      synchronized (SEEN) {
        Long id = committed.snapshotId();
        Set<Long> seen = SEEN.computeIfAbsent(job, j -> new HashSet<>());
        if (id != null && seen.add(id) && seen.size() >= most) {
          throw new IllegalStateException("it is enough");
        }
      }
    }
  }

  private static FlinkPipelineOptions flink() {
    FlinkPipelineOptions options = Numbers.flink();
    options.setMaxBundleSize(3L);
    return options;
  }

  /** Without a second try, with all checkpoints kept; from one of them. */
  private FlinkPipelineOptions kept(Path checkpoints, @org.jspecify.annotations.Nullable Path from)
      throws IOException {
    Path conf = Files.createDirectories(folder.resolve("conf-" + checkpoints.getFileName()));
    Files.writeString(
        conf.resolve("flink-conf.yaml"),
        "state.checkpoints.dir: "
            + checkpoints.toUri()
            + "\nstate.checkpoints.num-retained: 1000\n"
            + (from == null ? "" : "execution.savepoint.path: " + from.toUri() + "\n"));
    FlinkPipelineOptions options = flink();
    options.setFlinkConfDir(conf.toString());
    options.setNumberOfExecutionRetries(0);
    options.setExternalizedCheckpointsEnabled(true);
    options.setRetainExternalizedCheckpointsOnCancellation(true);
    return options;
  }

  private static Path oldest(Path checkpoints) throws IOException {
    try (Stream<Path> all = Files.walk(checkpoints)) {
      return all.filter(path -> path.getFileName().toString().startsWith("chk-"))
          .filter(path -> Files.exists(path.resolve("_metadata")))
          .min(
              Comparator.comparingInt(
                  p -> Integer.parseInt(p.getFileName().toString().substring(4))))
          .orElseThrow();
    }
  }

  private TableRef tables(String name, Map<String, String> properties) {
    TableRef ref = TableRef.of("test", name);
    create(ref, TopicRows.SCHEMA, properties);
    create(Letters.of(ref), Letters.SCHEMA, Map.of());
    return ref;
  }

  private void create(TableRef ref, Schema schema, Map<String, String> properties) {
    catalog.create(ref, schema, PartitionSpec.unpartitioned(), SortOrder.unsorted(), properties);
  }

  private IngestSpec spec(String topic, TableRef ref, Set<String> deadly) {
    return IngestSpec.of(
        catalog.config(),
        Topic.of(BROKER.servers(), topic),
        new TopicRows(deadly),
        ref,
        SINK,
        "r1",
        0);
  }

  private KafkaRecords records(String topic, TableRef ref) {
    return KafkaRecords.of(Topic.of(BROKER.servers(), topic))
        .discover(Duration.millis(300))
        .after(new TableOffsets(catalog.config(), ref, SINK));
  }

  private Progress progress(TableRef ref) {
    return Progress.of(catalog.load(ref), SINK).orElseThrow();
  }

  /** Value partition-number; every tenth is bad. */
  private void trickle(TableRef ref, int partitions, int from, int to) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = from; i < to; i++) {
      records.add(record(ref.name(), i % partitions, i / partitions));
    }
    trickle(ref, records);
  }

  /** In parts, with a commit between some of them, however slow the job is. */
  private void trickle(TableRef ref, List<ProducerRecord<byte[], byte[]>> records) {
    int part = records.size() / PARTS;
    long seen = commits(ref);
    for (int i = 0; i < PARTS; i++) {
      BROKER.send(records.subList(i * part, (i + 1) * part));
      pause();
      if (i % COMMITTED == COMMITTED - 1 && i < PARTS - 1) {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (commits(ref) == seen && System.nanoTime() < until) {
          pause();
        }
        seen = commits(ref);
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private long commits(TableRef ref) {
    Snapshot newest = catalog.load(ref).currentSnapshot();
    return newest == null ? 0 : newest.sequenceNumber();
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, int partition, int number) {
    String text = partition + "-" + number;
    return new ProducerRecord<>(
        topic, partition, utf8(text), utf8(number % 10 == 7 ? "bad " + text : text));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Every offset is once in the table or in the letters, and the summaries say so. */
  private void agrees(TableRef ref, Offsets ends) throws Exception {
    Set<String> expected = new TreeSet<>();
    ends.forEach(
        (partition, end) -> {
          for (long offset = 0; offset < end; offset++) {
            expected.add(partition + ":" + offset);
          }
        });
    List<String> there = new ArrayList<>();
    Table table = catalog.load(ref);
    read(table, row -> there.add(row.getField("partition") + ":" + row.getField("offset")));
    long rows = there.size();
    read(
        catalog.load(Letters.of(ref)),
        row -> there.add(row.getField("partition") + ":" + row.getField("position")));
    assertThat(there).as("none twice").doesNotHaveDuplicates();
    assertThat(new TreeSet<>(there)).as("none lost").isEqualTo(expected);
    assertThat(rows).as("every tenth is a letter").isEqualTo(expected.size() * 9L / 10);
    assertThat(progress(ref).next()).isEqualTo(ends);
    long in = 0;
    Set<String> tokens = new HashSet<>();
    for (Snapshot snapshot : History.of(table)) {
      in += Long.parseLong(snapshot.summary().get(SummaryKeys.ROWS_IN));
      assertThat(tokens.add(snapshot.summary().get(SummaryKeys.TOKEN))).isTrue();
    }
    assertThat(in).isEqualTo(expected.size());
    assertThat(tokens).as("commits while it ran").hasSizeGreaterThan(1);
  }

  private interface See {
    void row(Record row);
  }

  private static void read(Table table, See see) throws IOException {
    try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
      rows.forEach(see::row);
    }
  }
}

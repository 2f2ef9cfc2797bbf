package dev.headwater.benchmarks;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.kafka.IngestSpec;
import dev.headwater.kafka.IngestStream;
import dev.headwater.kafka.KafkaRecords;
import dev.headwater.kafka.Topic;
import dev.headwater.kafka.decode.Decoders;
import dev.headwater.kafka.decode.Envelope;
import dev.headwater.validate.Letters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.joda.time.Duration;

/**
 * JSON records of 1 KB from a broker in its own process into a table on embedded Flink, a commit
 * each ten seconds.
 */
final class TopicToTable {
  private static final String TOPIC = "bench";
  private static final int PARTITIONS = 4;
  private static final int BYTES = 1_024;
  private static final TableRef TABLE = TableRef.of("bench", "t");
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.optional(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "at", Types.LongType.get()),
          Types.NestedField.optional(3, "name", Types.StringType.get()),
          Types.NestedField.optional(4, "city", Types.StringType.get()),
          Types.NestedField.optional(5, "amount", Types.DoubleType.get()),
          Types.NestedField.optional(6, "clicks", Types.IntegerType.get()),
          Types.NestedField.optional(7, "active", Types.BooleanType.get()),
          Types.NestedField.optional(8, "note", Types.StringType.get()));

  private TopicToTable() {}

  /**
   * Arguments: {@code broker FOLDER RECORDS} until its input ends, or {@code read SERVERS ROWS}.
   */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("broker")) {
      broker(Path.of(args[1]), Long.parseLong(args[2]));
    } else {
      read(args[1], Long.parseLong(args[2]));
    }
    System.exit(0);
  }

  private static void broker(Path folder, long records) throws IOException {
    try (KafkaBroker broker = KafkaBroker.start(folder)) {
      broker.create(TOPIC, PARTITIONS, Map.of());
      try (KafkaProducer<byte[], byte[]> producer =
          broker.producer(
              Map.of("linger.ms", 20, "batch.size", 256 << 10, "compression.type", "lz4"))) {
        SplittableRandom random = new SplittableRandom(1);
        for (long i = 0; i < records; i++) {
          producer.send(
              new ProducerRecord<>(TOPIC, (int) (i % PARTITIONS), null, record(i, random)));
        }
      }
      System.out.println(broker.servers());
      while (System.in.read() >= 0) {
        // Until whoever started it ends.
      }
    }
  }

  private static byte[] record(long id, SplittableRandom random) {
    StringBuilder json =
        new StringBuilder(BYTES)
            .append("{\"id\":")
            .append(id)
            .append(",\"at\":")
            .append(1_700_000_000_000L + id)
            .append(",\"name\":\"user-")
            .append(random.nextInt(1_000_000))
            .append("\",\"city\":\"city-")
            .append(random.nextInt(500))
            .append("\",\"amount\":")
            .append(random.nextInt(1_000_000) / 100.0)
            .append(",\"clicks\":")
            .append(random.nextInt(1_000))
            .append(",\"active\":")
            .append(random.nextBoolean())
            .append(",\"note\":\"");
    while (json.length() < BYTES - 2) {
      json.append(Long.toString(random.nextLong() >>> 1, 36)).append(' ');
    }
    json.setLength(BYTES - 2);
    return json.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void read(String servers, long rows) throws Exception {
    Path folder = Files.createTempDirectory("headwater-kafka-bench");
    CatalogConfig config = CatalogConfig.embedded(folder);
    try (TableCatalog catalog = TableCatalog.open(config)) {
      catalog.create(
          TABLE,
          SCHEMA,
          PartitionSpec.unpartitioned(),
          SortOrder.unsorted(),
          Map.of("write.parquet.compression-codec", "zstd"));
      catalog.create(
          Letters.of(TABLE),
          Letters.SCHEMA,
          PartitionSpec.unpartitioned(),
          SortOrder.unsorted(),
          Map.of());
      Thread job = new Thread(() -> run(config, servers), "job");
      job.setDaemon(true);
      long cpu = Local.cpuNanos();
      long start = System.nanoTime();
      job.start();
      while (total(catalog.load(TABLE)) < rows && job.isAlive()) {
        Thread.sleep(500);
      }
      report(catalog.load(TABLE), rows, (System.nanoTime() - start) / 1e9, Local.cpuNanos() - cpu);
    } finally {
      // The job still writes there.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
    }
  }

  private static void delete(Path folder) {
    try {
      Local.delete(folder);
    } catch (IOException e) {
      System.err.println(e);
    }
  }

  private static void run(CatalogConfig config, String servers) {
    FlinkPipelineOptions options = Local.options("flink").as(FlinkPipelineOptions.class);
    options.setParallelism(2);
    options.setStreaming(true);
    options.setCheckpointingInterval(10_000L);
    options.setCheckpointingMode("EXACTLY_ONCE");
    options.setFinishBundleBeforeCheckpointing(true);
    options.setNumConcurrentCheckpoints(32);
    options.setMaxBundleTimeMills(10_000L);
    options.setMaxBundleSize(1_000_000L);
    Topic topic = Topic.of(servers, TOPIC);
    IngestSpec spec =
        IngestSpec.of(config, topic, Decoders.json(json(), Envelope.NONE), TABLE, "bench", "r1", 0);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(KafkaRecords.of(topic).after(spec.offsets()))
        // What a checkpoint finds is committed with it.
        .apply("Ingest", IngestStream.of(spec).every(Duration.standardSeconds(1)));
    pipeline.run().waitUntilFinish();
  }

  private static SourceFormat json() {
    return SourceFormat.of(SourceFormat.Kind.JSON)
        .columns(
            SCHEMA.columns().stream()
                .map(c -> new SourceColumn(c.name(), c.type().toString(), null))
                .toList());
  }

  private static long total(Table table) {
    Snapshot now = table.currentSnapshot();
    return now == null ? 0 : Long.parseLong(now.summary().getOrDefault("total-records", "0"));
  }

  /** As the peers' programs do. */
  private static void report(Table table, long rows, double wall, long cpu) {
    List<String> commits = new ArrayList<>();
    for (Snapshot s : table.snapshots()) {
      commits.add(
          String.format(
              Locale.ROOT,
              "%.3f:%s",
              s.timestampMillis() / 1e3,
              s.summary().getOrDefault("added-records", "0")));
    }
    System.out.printf(
        Locale.ROOT,
        "RESULT\tkafka.headwater\t1\t%d\t%.3f\t%.2f\t%s%n",
        rows,
        wall,
        cpu / 1e9,
        String.join(" ", commits));
  }
}

package dev.headwater.examples.flights;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.kafka.IngestSpec;
import dev.headwater.kafka.IngestStream;
import dev.headwater.kafka.KafkaRecords;
import dev.headwater.kafka.Offsets;
import dev.headwater.kafka.Topic;
import dev.headwater.kafka.decode.Decoders;
import dev.headwater.kafka.decode.Envelope;
import dev.headwater.validate.Letters;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.joda.time.Duration;

/** The numbers from 0 on, in a topic of two partitions, slowly until it is told to end. */
final class TopicNumbers implements AutoCloseable {
  static final TableRef REF = TableRef.of("test", "topic");

  /** So many there are at the end; before it, twenty minutes' worth. */
  static final int COUNT = 60_000;

  private static final String TOPIC = "numbers";
  private static final int PARTITIONS = 2;
  private static final int PART = 5;
  private static final Types.NestedField ID =
      Types.NestedField.optional(1, "id", Types.LongType.get());

  private final KafkaBroker broker = KafkaBroker.shared();
  private final Thread writing = new Thread(this::write, "numbers");
  private volatile boolean fast;

  /** Makes the topic, the table and its letters, and begins to write. */
  TopicNumbers(TableCatalog catalog) {
    broker.create(TOPIC, PARTITIONS, Map.of());
    Map.of(REF, new Schema(ID), Letters.of(REF), Letters.SCHEMA)
        .forEach(
            (ref, schema) ->
                catalog.create(
                    ref, schema, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of()));
    writing.setDaemon(true);
    writing.start();
  }

  private void write() {
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      for (int id = 0; id < COUNT; id++) {
        byte[] json = ("{\"id\":" + id + "}").getBytes(StandardCharsets.UTF_8);
        var unused = producer.send(new ProducerRecord<>(TOPIC, id % PARTITIONS, null, json));
        if (id % PART == 0 && !fast) {
          TimeUnit.MILLISECONDS.sleep(100);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Into the table, until all numbers are there. */
  void ingest(Pipeline pipeline, CatalogConfig catalog) {
    Topic topic = Topic.of(broker.servers(), TOPIC);
    SourceFormat json =
        SourceFormat.of(SourceFormat.Kind.JSON)
            .columns(List.of(SourceColumn.of(ID.name(), ID.type(), null)));
    IngestSpec spec =
        IngestSpec.of(catalog, topic, Decoders.json(json, Envelope.NONE), REF, TOPIC, "r1", 0);
    long each = COUNT / PARTITIONS;
    pipeline
        .apply(
            "Topic",
            KafkaRecords.of(topic)
                .after(spec.offsets())
                .until(Offsets.of(Map.of(0, each, 1, each))))
        .apply("Ingest", IngestStream.of(spec).every(Duration.millis(400)));
  }

  /** Writes the rest at once. */
  void end() throws InterruptedException {
    fast = true;
    writing.join();
  }

  @Override
  public void close() {
    writing.interrupt();
  }
}

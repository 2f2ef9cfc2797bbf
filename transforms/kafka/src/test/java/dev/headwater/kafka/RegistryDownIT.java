package dev.headwater.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.kafka.decode.Decoders;
import dev.headwater.kafka.decode.Envelope;
import dev.headwater.kafka.decode.RecordDecoder;
import dev.headwater.validate.Letters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A schema registry that is gone while a stream meets a schema that it doesn't know yet. */
final class RegistryDownIT {
  private static final KafkaBroker BROKER = KafkaBroker.shared();
  private static final TableRef REF = TableRef.of("test", "registry_down");
  private static final int ROWS = 50;

  @TempDir private Path folder = Path.of("unset");

  @Test
  void theStreamWaitsAndGoesOnAndNothingIsLost() throws Exception {
    SourceFormat format =
        SourceFormat.of(SourceFormat.Kind.AVRO)
            .columns(List.of(SourceColumn.of("id", Types.LongType.get(), null)));
    CatalogConfig config = CatalogConfig.embedded(folder);
    Topic topic = Topic.of(BROKER.servers(), "registry_down");
    BROKER.create(topic.name(), 1, Map.of());
    try (TableCatalog catalog = TableCatalog.open(config);
        SchemaRegistry registry = new SchemaRegistry()) {
      for (Map.Entry<TableRef, org.apache.iceberg.Schema> table :
          Map.of(REF, format.schema(), Letters.of(REF), Letters.SCHEMA).entrySet()) {
        catalog.create(
            table.getKey(),
            table.getValue(),
            PartitionSpec.unpartitioned(),
            SortOrder.unsorted(),
            Map.of());
      }
      int first = registry.register("a", schema("int").toString());
      int second = registry.register("b", schema("long").toString());
      RecordDecoder.Factory decoder =
          Decoders.avro(
              format.schema(),
              Envelope.NONE,
              false,
              Decoders.Writers.registry(registry.address(), topic.name(), Map.of()));
      IngestSpec spec = IngestSpec.of(config, topic, decoder, REF, "down", "r", 0);
      send(topic, first, 0);
      Pipeline pipeline =
          Pipeline.create(PipelineOptionsFactory.fromArgs("--blockOnRun=false").create());
      pipeline
          .apply("Records", KafkaRecords.of(topic).after(spec.offsets()))
          .apply("Ingest", IngestStream.of(spec).every(Duration.millis(100)));
      PipelineResult job = pipeline.run();
      try {
        await(() -> in(catalog) == ROWS);
        registry.away = true;
        send(topic, second, ROWS);
        // It has read them, and asks for their schema.
        await(() -> registry.cutOff.get() >= 3);
        assertThat(in(catalog)).isEqualTo(ROWS);
        assertThat(job.getState().isTerminal()).isFalse();
        registry.away = false;
        await(() -> in(catalog) == 2 * ROWS);
      } finally {
        job.cancel();
      }
      Snapshot letters = catalog.load(Letters.of(REF)).currentSnapshot();
      assertThat(letters).as("no letter is made of a registry that is away").isNull();
      assertThat(catalog.load(REF).currentSnapshot().summary())
          .containsEntry("total-records", Integer.toString(2 * ROWS));
    }
  }

  private static long in(TableCatalog catalog) {
    long rows = 0;
    for (Snapshot snapshot : catalog.load(REF).snapshots()) {
      rows += Long.parseLong(snapshot.summary().get(SummaryKeys.ROWS_IN));
    }
    return rows;
  }

  private static void await(BooleanSupplier done) throws InterruptedException {
    Instant late = Instant.now().plusSeconds(180);
    while (!done.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(late);
      Thread.sleep(50);
    }
  }

  private static Schema schema(String type) {
    return SchemaBuilder.record("R").fields().name("id").type(type).noDefault().endRecord();
  }

  private static void send(Topic topic, int id, int from) throws IOException {
    Schema schema = schema(from == 0 ? "int" : "long");
    BROKER.send(
        IntStream.range(from, from + ROWS)
            .mapToObj(
                n -> {
                  Object value = from == 0 ? (Object) n : (Object) (long) n;
                  return new ProducerRecord<byte[], byte[]>(
                      topic.name(), 0, null, SchemaRegistry.framed(id, avro(schema, value)));
                })
            .toList());
  }

  private static byte[] avro(Schema schema, Object id) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    GenericRecord record = new GenericData.Record(schema);
    record.put("id", id);
    try {
      new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }
}

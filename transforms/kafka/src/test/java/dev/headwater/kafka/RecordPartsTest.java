package dev.headwater.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.columns.RowBatch;
import dev.headwater.files.Decoded;
import dev.headwater.files.RawRow;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.kafka.decode.ChangesCheck;
import dev.headwater.kafka.decode.Decoders;
import dev.headwater.kafka.decode.Envelope;
import dev.headwater.kafka.decode.LetterRecords;
import dev.headwater.kafka.decode.RawRecords;
import dev.headwater.kafka.decode.RecordDecoder;
import dev.headwater.table.Origin;
import dev.headwater.table.RowCheck;
import dev.headwater.validate.Contract;
import dev.headwater.validate.ContractCheck;
import dev.headwater.validate.Retry;
import dev.headwater.validate.RowJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Values as they are, texts of keys, positions of changes, and letters that are decoded again. */
final class RecordPartsTest {
  private final List<ConsumerRecord<ByteBuffer, ByteBuffer>> records = new ArrayList<>();

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void record(byte @Nullable [] key, byte @Nullable [] value) {
    records.add(
        new ConsumerRecord<>(
            "t",
            0,
            records.size(),
            key == null ? null : ByteBuffer.wrap(key),
            value == null ? null : ByteBuffer.wrap(value)));
  }

  private void change(String value) {
    record(null, utf8(value.replace('\'', '"')));
  }

  private List<String> rows(RecordDecoder.Factory factory, List<String> bad) {
    try (RecordDecoder decoder = factory.open()) {
      RecordDecoder.Result result = decoder.decode(RawRows.of(records));
      result.decoded().bad().forEach(b -> bad.add(b.position() + " " + b.reason()));
      return rows(result.decoded().rows());
    }
  }

  private static List<String> rows(RowBatch batch) {
    List<String> out = new ArrayList<>();
    for (int row = 0; row < batch.size(); row++) {
      out.add(RowJson.row(batch, row));
    }
    return out;
  }

  private static SourceFormat columns(String... named) {
    List<SourceColumn> all = new ArrayList<>();
    for (int i = 0; i < named.length; i += 2) {
      all.add(new SourceColumn(named[i], named[i + 1], null));
    }
    return SourceFormat.of(SourceFormat.Kind.JSON).columns(all);
  }

  @Test
  void valuesMayStayAsTheyAreAndKeysBeTexts() {
    record(utf8("a"), utf8("x\u00e9"));
    record(null, null);
    record(new byte[] {(byte) 0xff}, utf8("y"));
    record(utf8("d"), new byte[] {(byte) 0xff, 0});
    Envelope key = new Envelope(Map.of("who", Envelope.KEY_TEXT));
    List<String> bad = new ArrayList<>();
    assertThat(
            rows(
                Decoders.plain(Types.NestedField.optional(1, "v", Types.StringType.get()), key),
                bad))
        .containsExactly("{\"v\":\"xé\",\"who\":\"a\"}", "{\"v\":null,\"who\":null}");
    assertThat(bad).containsExactly("2 its key is no UTF-8", "3 it is no UTF-8");
    bad.clear();
    Types.NestedField bytes = Types.NestedField.optional(1, "v", Types.BinaryType.get());
    assertThat(rows(Decoders.plain(bytes, Envelope.NONE), bad)).hasSize(4);
    assertThat(bad).isEmpty();
  }

  private static final Envelope POSITION = new Envelope(Map.of("at", Envelope.POSITION));

  @Test
  void positionsSortAsTheDatabasesLogs() {
    change("{'op':'c','after':{'id':1},'source':{'connector':'postgresql','lsn':9}}");
    change("{'op':'d','before':{'id':1},'source':{'connector':'postgresql','lsn':10}}");
    change("{'op':'c','after':{'id':2},'source':{'connector':'mysql','file':'b.999999','pos':7}}");
    change("{'op':'u','after':{'id':2},'source':{'connector':'mysql','file':'b.1000000','pos':4}}");
    change(
        "{'op':'u','after':{'id':3},'source':{'connector':'sqlserver','commit_lsn':'0a:b','change_lsn':null,'ts_ms':5}}");
    change("{'op':'u','after':{'id':4}}");
    List<String> bad = new ArrayList<>();
    List<String> rows = rows(Decoders.debezium(columns("id", "long"), POSITION), bad);
    String zeros = "0".repeat(19);
    assertThat(rows)
        .containsExactly(
            "{\"id\":1,\"at\":\"" + zeros + "9\",\"__gone\":false}",
            "{\"id\":1,\"at\":\"" + zeros.substring(1) + "10\",\"__gone\":true}",
            "{\"id\":2,\"at\":\"b.%s999999:%s7:%s0\",\"__gone\":false}"
                .formatted("0".repeat(14), zeros, zeros),
            "{\"id\":2,\"at\":\"b.%s1000000:%s4:%s0\",\"__gone\":false}"
                .formatted("0".repeat(13), zeros, zeros),
            "{\"id\":3,\"at\":\"0a:b::" + zeros + "0\",\"__gone\":false}",
            "{\"id\":4,\"at\":null,\"__gone\":false}");
    assertThat(bad).isEmpty();
    assertThat(rows.get(2)).isLessThan(rows.get(3));
  }

  @Test
  void positionsOfChangesInAvroAreTheSame() throws Exception {
    Schema row = SchemaBuilder.record("Row").fields().requiredLong("id").endRecord();
    Schema source =
        SchemaBuilder.record("Source")
            .fields()
            .requiredString("version")
            .requiredString("connector")
            .optionalLong("lsn")
            .endRecord();
    Schema change =
        SchemaBuilder.record("Envelope")
            .fields()
            .name("before")
            .type()
            .optional()
            .type(row)
            .name("after")
            .type()
            .optional()
            .type(row)
            .name("source")
            .type(source)
            .noDefault()
            .requiredString("op")
            .endRecord();
    GenericRecord from = new GenericData.Record(source);
    from.put("version", "3");
    from.put("connector", "postgresql");
    from.put("lsn", 77L);
    GenericRecord after = new GenericData.Record(row);
    after.put("id", 5L);
    GenericRecord whole = new GenericData.Record(change);
    whole.put("after", after);
    whole.put("source", from);
    whole.put("op", "u");
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(change).write(whole, encoder);
    encoder.flush();
    record(null, out.toByteArray());
    Decoders.Writers writers = Decoders.Writers.fixed(change.toString(), "c.avsc");
    List<String> bad = new ArrayList<>();
    assertThat(rows(Decoders.debezium(writers.columns(true), POSITION, false, writers), bad))
        .containsExactly("{\"id\":5,\"at\":\"" + "0".repeat(18) + "77\",\"__gone\":false}");
  }

  @Test
  void aContractLooksAtRowsThatComeAndNotAtThoseThatGo() {
    change("{'op':'c','after':{'id':1,'n':1}}");
    change("{'op':'d','before':{'id':1}}");
    change("{'op':'c','after':{'id':2,'n':50}}");
    change("{'op':'c','after':{'id':3,'n':3}}");
    Contract.ColumnRule most =
        new Contract.ColumnRule("n", null, true, null, "10", List.of(), null);
    Contract contract = Contract.of(List.of(most), List.of());
    RowCheck.Factory checks =
        ChangesCheck.of(schema -> new ContractCheck(contract, schema, "run", 0));
    try (RecordDecoder decoder =
        Decoders.debezium(columns("id", "long", "n", "int"), Envelope.NONE).open()) {
      Decoded decoded = decoder.decode(RawRows.of(records)).decoded();
      RowBatch rows = decoded.rows();
      RowCheck.Checked checked =
          checks.open(rows.schema()).check(rows, Origin.at("t", decoded::position));
      assertThat(rows(checked.good()))
          .containsExactly(
              "{\"id\":1,\"n\":1,\"__gone\":false}",
              "{\"id\":1,\"n\":null,\"__gone\":true}",
              "{\"id\":3,\"n\":3,\"__gone\":false}");
      assertThat(checked.letters()).isNotNull();
    }
  }

  private static Retry.Row letter(int partition, long offset, @Nullable String value) {
    ByteBuffer bytes = value == null ? null : ByteBuffer.wrap(utf8(value));
    RawRow.Envelope envelope =
        new RawRow.Envelope(partition, ByteBuffer.wrap(utf8("k")), List.of(), 7_000, "CreateTime");
    return new Retry.Row(RawRow.record(bytes, envelope), null, offset);
  }

  @Test
  void lettersAreDecodedAsTheRecordsThatTheyWere() {
    Map<String, String> parts = Map.of("o", RawRecords.OFFSET);
    List<String> seen = new ArrayList<>();
    RecordDecoder.Factory json = Decoders.json(columns("id", "long"), new Envelope(parts));
    try (LetterRecords again = new LetterRecords(json)) {
      again.decode(
          List.of(
              letter(1, 9, "{\"id\":1}"),
              letter(0, 9, "{\"id\":2}"),
              letter(1, 3, "[]"),
              letter(1, 9, "{\"id\":3}")),
          (decoded, none) -> {
            List<String> rows = rows(decoded.rows());
            for (int i = 0; i < rows.size(); i++) {
              seen.add(decoded.position(i) + " " + rows.get(i));
            }
            decoded.bad().forEach(b -> seen.add(b.position() + " " + b.code()));
            none.forEach(place -> seen.add(place + " none"));
          });
    }
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "0 {\"id\":1,\"o\":9}", "1 {\"id\":2,\"o\":9}", "2 syntax", "3 {\"id\":3,\"o\":9}");
  }
}

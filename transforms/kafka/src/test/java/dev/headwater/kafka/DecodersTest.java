package dev.headwater.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.files.BadRow;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.kafka.decode.Decoders;
import dev.headwater.kafka.decode.Envelope;
import dev.headwater.kafka.decode.RawRecords;
import dev.headwater.kafka.decode.RecordDecoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of records, whatever they hold. */
final class DecodersTest {
  private final List<ConsumerRecord<ByteBuffer, ByteBuffer>> records = new ArrayList<>();

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void record(byte @Nullable [] key, byte @Nullable [] value) {
    records.add(
        new ConsumerRecord<>(
            "t",
            3,
            100 + records.size(),
            1_000L + records.size(),
            TimestampType.CREATE_TIME,
            -1,
            -1,
            key == null ? null : ByteBuffer.wrap(key),
            value == null ? null : ByteBuffer.wrap(value),
            new RecordHeaders(),
            Optional.empty()));
  }

  private void json(@Nullable String key, @Nullable String value) {
    record(key == null ? null : utf8(key), value == null ? null : utf8(value));
  }

  /** Columns as {@code name type name type ...}; of a decimal's type no space. */
  private static SourceFormat format(String... columns) {
    List<SourceColumn> all = new ArrayList<>();
    for (int i = 0; i < columns.length; i += 2) {
      all.add(new SourceColumn(columns[i], columns[i + 1], null));
    }
    return SourceFormat.of(SourceFormat.Kind.JSON).columns(all);
  }

  /** Rows as lists, bad ones as {@code offset code: reason}, and how many were filtered. */
  private record Read(List<String> rows, List<String> bad, int filtered, List<Long> offsets) {}

  private Read read(RecordDecoder.Factory factory) {
    try (RecordDecoder decoder = travelled(factory).open()) {
      RecordDecoder.Result result = decoder.decode(RawRows.of(records));
      RowBatch rows = result.decoded().rows();
      List<String> out = new ArrayList<>();
      List<Long> offsets = new ArrayList<>();
      for (int row = 0; row < rows.size(); row++) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < rows.columns().size(); i++) {
          values.add(Values.of(rows.column(i), rows.schema().columns().get(i).type(), row));
        }
        out.add(values.toString());
        offsets.add(result.decoded().position(row));
      }
      List<BadRow> bad = result.decoded().bad();
      assertThat(rows.size() + bad.size() + result.filtered()).isEqualTo(records.size());
      return new Read(
          out,
          bad.stream().map(b -> b.position() + " " + b.code() + ": " + b.reason()).toList(),
          result.filtered(),
          offsets);
    }
  }

  private static RecordDecoder.Factory travelled(RecordDecoder.Factory factory) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(factory);
      }
      return (RecordDecoder.Factory)
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void jsonBecomesRowsWithThePartsThatAreAskedFor() {
    json("k1", "{\"id\":1,\"tags\":[\"a\"],\"at\":\"2001-02-03T04:05:06Z\"}");
    json("k2", "{\"id\":\"x\"}");
    json(null, null);
    json("k4", "{\"id\":4,\"more\":1}");
    json("k5", "{\"id\":");
    record(new byte[] {(byte) 0xff}, utf8("{\"id\":6}"));
    json(null, "{\"id\":7} ");
    json("k8", "[1]");
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("p", RawRecords.PARTITION);
    parts.put("o", RawRecords.OFFSET);
    parts.put("ts", RawRecords.TIMESTAMP);
    Envelope envelope = new Envelope(parts);
    SourceFormat format = format("id", "long", "tags", "list<string>", "at", "timestamptz");

    Read read = read(Decoders.json(format, envelope));

    assertThat(read.rows())
        .containsExactly(
            "[1, [a], 981173106000000, 3, 100, 1000000]",
            "[6, null, null, 3, 105, 1005000]",
            "[7, null, null, 3, 106, 1006000]");
    assertThat(read.offsets()).containsExactly(100L, 105L, 106L);
    assertThat(read.filtered()).isZero();
    assertThat(read.bad())
        .containsExactly(
            "101 type: id is no long",
            "102 syntax: it has no value",
            "103 unknown: more is no column",
            "104 syntax: Unexpected end-of-input within/between Object entries",
            "107 syntax: it is no object");
    assertThat(read(Decoders.json(format.ignoreOthers(true), envelope)).bad()).hasSize(4);
  }

  private static Schema schema(String json) {
    return new Schema.Parser().parse(json.replace('\'', '"'));
  }

  private static byte[] avro(Schema schema, @Nullable Object... fields) throws IOException {
    GenericRecord record = new GenericData.Record(schema);
    for (int i = 0; i < fields.length; i++) {
      record.put(i, fields[i]);
    }
    return avro(record);
  }

  private static byte[] avro(GenericRecord record) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  @Test
  void avroOfManyWritersBecomesRowsOfOneTable() throws IOException {
    Schema one =
        schema(
            "{'type':'record','name':'C','fields':[{'name':'id','type':'int'},{'name':'s','type':'string'}]}");
    Schema two =
        schema(
            "{'type':'record','name':'C','fields':[{'name':'s','type':['null','string']},{'name':'id','type':'long'},"
                + "{'name':'more','type':['null','int']},{'name':'m','type':{'type':'bytes','logicalType':'decimal','precision':9,'scale':2}}]}");
    SourceFormat format = format("id", "int", "s", "string", "m", "decimal(9, 2)");
    try (SchemaRegistry registry = new SchemaRegistry()) {
      int a = registry.register("a", one.toString());
      int b = registry.register("b", two.toString());
      ByteBuffer money = ByteBuffer.wrap(BigInteger.valueOf(-1234).toByteArray());
      record(null, SchemaRegistry.framed(a, avro(one, 1, "x")));
      record(null, SchemaRegistry.framed(b, avro(two, null, 2L, null, money)));
      record(null, SchemaRegistry.framed(b, avro(two, "y", 3L, 9, money)));
      record(null, SchemaRegistry.framed(b, avro(two, "y", 1L << 40, null, money)));
      record(null, SchemaRegistry.framed(99, avro(one, 1, "x")));
      record(null, avro(one, 1, "x"));
      record(null, SchemaRegistry.framed(a, new byte[] {2, 40}));
      record(null, SchemaRegistry.framed(99, avro(one, 1, "x")));
      record(null, null);
      registry.failures.set(2);

      Read read =
          read(
              Decoders.avro(
                  format.schema(),
                  Envelope.NONE,
                  false,
                  Decoders.Writers.registry(registry.address(), "t", Map.of())));

      assertThat(read.rows()).containsExactly("[1, x, null]", "[2, null, -12.34]");
      assertThat(read.filtered()).isZero();
      assertThat(read.bad())
          .containsExactly(
              "102 unknown: more is no column",
              "103 type: id is bad: integer overflow",
              "104 schema: the registry has no schema 99",
              "105 schema: it does not begin with a zero byte and a schema's id",
              "106 syntax: s ends early",
              "107 schema: the registry has no schema 99",
              "108 syntax: it has no value");
      assertThat(registry.asked)
          .as("two that failed, then each once")
          .containsExactly(
              "/schemas/ids/" + a,
              "/schemas/ids/" + a,
              "/schemas/ids/" + a,
              "/schemas/ids/" + b,
              "/schemas/ids/99");
    }
  }

  @Test
  void avroMayHaveOneSchemaWithoutARegistry() throws IOException {
    Schema one = schema("{'type':'record','name':'C','fields':[{'name':'id','type':'int'}]}");
    record(null, avro(one, 5));
    record(null, new byte[0]);
    SourceFormat format = format("id", "long");
    Read read =
        read(
            Decoders.avro(
                format.schema(),
                Envelope.NONE,
                false,
                Decoders.Writers.fixed(one.toString(), "c.avsc")));
    assertThat(read.rows()).containsExactly("[5]");
    assertThat(read.bad()).containsExactly("101 syntax: id ends early");
  }

  @Test
  void aRegistryMayWantAPasswordAndSchemasUseEachOther() throws IOException {
    Schema place =
        schema("{'type':'record','name':'Place','fields':[{'name':'town','type':'string'}]}");
    String home =
        "{'type':'record','name':'H','fields':[{'name':'at','type':'Place'}]}".replace('\'', '"');
    Schema whole = new Schema.Parser().parse(home.replace("\"Place\"", place.toString()));
    GenericRecord inner = new GenericData.Record(place);
    inner.put(0, "Oslo");
    try (SchemaRegistry registry = new SchemaRegistry()) {
      registry.register("place", place.toString());
      int id = registry.register("home", home, "place");
      registry.authorization = "Basic dTpw";
      record(null, SchemaRegistry.framed(id, avro(whole, inner)));
      SourceFormat format = format("at", "struct<town: string>");

      Map<String, String> login = Map.of("schema.registry.basic.auth.user.info", "u:p");
      try (RecordDecoder decoder =
          Decoders.avro(
                  format.schema(),
                  Envelope.NONE,
                  false,
                  Decoders.Writers.registry(registry.address(), "t", login))
              .open()) {
        assertThat(decoder.decode(RawRows.of(records)).decoded().rows().size()).isEqualTo(1);
      }
      assertThatThrownBy(
              () ->
                  read(
                      Decoders.avro(
                          format.schema(),
                          Envelope.NONE,
                          false,
                          Decoders.Writers.registry(registry.address(), "t", Map.of()))))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("refuses us (401)")
          .hasMessageContaining("basic.auth.user.info");
    }
  }

  /** As the documentation of Debezium's PostgreSQL connector shows it. */
  private static final String CHANGE =
      """
      {"schema": {"type": "struct", "fields": [
        {"type": "struct", "optional": true, "field": "before", "fields": []},
        {"type": "struct", "optional": true, "field": "after", "fields": [
          {"type": "int32", "optional": false, "field": "id"},
          {"type": "string", "optional": true, "field": "name"},
          {"type": "bytes", "optional": true, "name": "org.apache.kafka.connect.data.Decimal",
           "parameters": {"scale": "2", "connect.decimal.precision": "9"}, "field": "price"},
          {"type": "int32", "optional": true, "name": "io.debezium.time.Date", "field": "day"},
          {"type": "int64", "optional": true, "name": "io.debezium.time.MicroTimestamp", "field": "at"},
          {"type": "int64", "optional": true, "name": "io.debezium.time.MicroTime", "field": "clock"},
          {"type": "string", "optional": true, "name": "io.debezium.time.ZonedTimestamp", "field": "moment"},
          {"type": "string", "optional": true, "name": "io.debezium.data.Json", "field": "doc"}]},
        {"type": "string", "optional": false, "field": "op"}]},
       "payload": {"before": %s, "after": %s,
        "source": {"connector": "postgresql", "lsn": 33227720, "snapshot": "false"},
        "op": "%s", "ts_ms": 1580390884335}}
      """;

  private static final String[] COLUMNS = {
    "id",
    "int",
    "name",
    "string",
    "price",
    "decimal(9, 2)",
    "day",
    "date",
    "at",
    "timestamp",
    "clock",
    "time",
    "moment",
    "timestamptz",
    "doc",
    "string"
  };

  @Test
  void debeziumsChangesBecomeRowsThatComeAndGo() {
    String anne =
        "{\"id\":1,\"name\":\"Anne\",\"price\":\"+y4=\",\"day\":11356,\"at\":981173106000007,"
            + "\"clock\":14706000000,\"moment\":\"2001-02-03T04:05:06.5+01:00\",\"doc\":\"{\\\"a\\\": 1}\"}";
    String key =
        "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"field\":\"id\"}]},\"payload\":{\"id\":1}}";
    json(key, CHANGE.formatted("null", anne, "r"));
    json(
        key, CHANGE.formatted("{\"id\":1,\"name\":\"Anne\"}", "{\"id\":1,\"name\":\"Anna\"}", "u"));
    json(key, CHANGE.formatted("{\"id\":1,\"name\":\"Anna\"}", "null", "d"));
    json(key, null);
    json(key, CHANGE.formatted("null", "null", "d"));
    json(null, CHANGE.formatted("null", "null", "d"));
    json(null, CHANGE.formatted("null", "null", "t"));
    json(null, CHANGE.formatted("null", "null", "m"));
    json("{\"id\":2}", "{\"before\":null,\"after\":{\"id\":2},\"op\":\"c\"}");
    json(key, CHANGE.formatted("null", "{\"id\":1,\"more\":2}", "u"));
    json(key, "{\"op\":\"c\"");
    json(key, "{\"id\":7}");
    SourceFormat format = format(COLUMNS);

    Read read = read(Decoders.debezium(format, Envelope.NONE));

    assertThat(read.rows())
        .containsExactly(
            "[1, Anne, -12.34, 11356, 981173106000007, 14706000000, 981169506500000, {\"a\": 1}, false]",
            "[1, Anna, null, null, null, null, null, null, false]",
            "[1, Anna, null, null, null, null, null, null, true]",
            "[1, null, null, null, null, null, null, null, true]",
            "[2, null, null, null, null, null, null, null, false]");
    assertThat(read.offsets()).containsExactly(100L, 101L, 102L, 104L, 108L);
    assertThat(read.filtered()).isEqualTo(2);
    assertThat(read.bad())
        .containsExactly(
            "105 syntax: it removes a row, but has neither the row nor a key",
            "106 truncate: the table was emptied where it is from",
            "109 unknown: more is no column",
            "110 syntax: Unexpected end-of-input: expected close marker for Object",
            "111 syntax: its op is '', and it has no row");
  }

  @Test
  void debeziumsChangesInAvroAreTheSame() throws IOException {
    String value =
        "{'type':'record','name':'Value','namespace':'s.t','fields':[{'name':'id','type':'int'},"
            + "{'name':'at','type':['null',{'type':'long','connect.version':1,'connect.name':'io.debezium.time.MicroTimestamp'}],'default':null},"
            + "{'name':'moment','type':['null',{'type':'string','connect.name':'io.debezium.time.ZonedTimestamp'}],'default':null},"
            + "{'name':'n','type':['null',{'type':'record','name':'VariableScaleDecimal','namespace':'io.debezium.data','fields':["
            + "{'name':'scale','type':'int'},{'name':'value','type':'bytes'}],'connect.name':'io.debezium.data.VariableScaleDecimal'}],'default':null}]}";
    Schema change =
        schema(
            "{'type':'record','name':'Envelope','namespace':'s.t','fields':[{'name':'before','type':['null',"
                + value
                + "],'default':null},{'name':'after','type':['null','Value'],'default':null},"
                + "{'name':'source','type':{'type':'record','name':'Source','fields':[{'name':'lsn','type':['null','long']}]}},"
                + "{'name':'op','type':'string'}]}");
    Schema row = change.getField("before").schema().getTypes().get(1);
    Schema key = schema("{'type':'record','name':'Key','fields':[{'name':'id','type':'int'}]}");
    GenericRecord source = new GenericData.Record(change.getField("source").schema());
    source.put(0, 5L);
    GenericRecord number = new GenericData.Record(row.getField("n").schema().getTypes().get(1));
    number.put("scale", 1);
    number.put("value", ByteBuffer.wrap(new byte[] {15}));
    GenericRecord one = new GenericData.Record(row);
    one.put("id", 1);
    one.put("at", 981173106000007L);
    one.put("moment", "2001-02-03T04:05:06Z");
    one.put("n", number);
    try (SchemaRegistry registry = new SchemaRegistry()) {
      int id = registry.register("t-value", change.toString());
      assertThat(
              Decoders.Writers.registry(registry.address(), "t", Map.of())
                  .columns(true)
                  .columns()
                  .stream()
                  .map(c -> c.name() + " " + c.type().typeId())
                  .toList())
          .containsExactly("id INTEGER", "at TIMESTAMP", "moment TIMESTAMP", "n STRUCT");
      byte[] k = SchemaRegistry.framed(registry.register("k", key.toString()), avro(key, 1));
      record(k, SchemaRegistry.framed(id, avro(change, null, one, source, "c")));
      record(k, SchemaRegistry.framed(id, avro(change, one, null, source, "d")));
      record(k, null);
      record(k, SchemaRegistry.framed(id, avro(change, null, null, source, "d")));
      record(k, SchemaRegistry.framed(id, avro(change, null, null, source, "t")));
      record(k, k);
      SourceFormat format =
          format("id", "long", "at", "timestamp", "moment", "timestamptz", "n", "decimal(5, 2)");

      Read read =
          read(
              Decoders.debezium(
                  format.schema(),
                  Envelope.NONE,
                  false,
                  Decoders.Writers.registry(registry.address(), "t", Map.of())));

      assertThat(read.rows())
          .containsExactly(
              "[1, 981173106000007, 981173106000000, 1.50, false]",
              "[1, 981173106000007, 981173106000000, 1.50, true]",
              "[1, null, null, null, true]");
      assertThat(read.filtered()).isEqualTo(1);
      assertThat(read.bad())
          .containsExactly(
              "104 truncate: the table was emptied where it is from",
              "105 syntax: it is no change of Debezium's");
    }
  }
}

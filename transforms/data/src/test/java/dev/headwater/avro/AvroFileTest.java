package dev.headwater.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.files.Decoded;
import dev.headwater.files.FileShape;
import dev.headwater.files.RowSource;
import dev.headwater.parquet.BatchReader;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that Avro itself wrote; what parquet-avro makes of the same records is the oracle. */
final class AvroFileTest {
  private static final Schema ALL =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "All", "fields": [
                {"name": "id", "type": "long"},
                {"name": "flag", "type": ["null", "boolean"]},
                {"name": "small", "type": ["int", "null"]},
                {"name": "single", "type": ["null", "float"]},
                {"name": "precise", "type": "double"},
                {"name": "text", "type": ["null", "string"]},
                {"name": "raw", "type": ["null", "bytes"]},
                {"name": "kind", "type": ["null",
                  {"type": "enum", "name": "Kind", "symbols": ["A", "B", "C"]}]},
                {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 5}},
                {"name": "money", "type": ["null",
                  {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}]},
                {"name": "wide", "type": ["null", {"type": "fixed", "name": "Wide", "size": 16,
                  "logicalType": "decimal", "precision": 38, "scale": 4}]},
                {"name": "day", "type": ["null", {"type": "int", "logicalType": "date"}]},
                {"name": "clock", "type": {"type": "int", "logicalType": "time-millis"}},
                {"name": "clock6", "type": {"type": "long", "logicalType": "time-micros"}},
                {"name": "at", "type": ["null",
                  {"type": "long", "logicalType": "timestamp-millis"}]},
                {"name": "at6", "type": {"type": "long", "logicalType": "timestamp-micros"}},
                {"name": "there", "type":
                  {"type": "long", "logicalType": "local-timestamp-millis"}},
                {"name": "there6", "type": ["null",
                  {"type": "long", "logicalType": "local-timestamp-micros"}]},
                {"name": "number", "type": ["null", "string", "long"]},
                {"name": "tags", "type": {"type": "array", "items": "string"}},
                {"name": "counts", "type": ["null", {"type": "map", "values": "int"}]},
                {"name": "place", "type": ["null", {"type": "record", "name": "Place", "fields": [
                  {"name": "town", "type": ["null", "string"]},
                  {"name": "at", "type": {"type": "array", "items": "double"}}]}]}
              ]}
              """);

  @TempDir private Path folder = Path.of("unset");

  private static <T> @Nullable T maybe(Random random, T value) {
    return random.nextInt(6) == 0 ? null : value;
  }

  private static GenericRecord record(Random random, long id) {
    GenericRecord r = new GenericData.Record(ALL);
    r.put("id", id);
    r.put("flag", maybe(random, random.nextBoolean()));
    r.put("small", maybe(random, random.nextInt()));
    r.put("single", maybe(random, random.nextFloat()));
    r.put("precise", random.nextInt(9) == 0 ? Double.NaN : random.nextGaussian());
    r.put("text", maybe(random, random.nextBoolean() ? "few " + random.nextInt(5) : "é🚀 " + id));
    r.put(
        "raw",
        maybe(
            random, ByteBuffer.wrap(("b" + random.nextInt(99)).getBytes(StandardCharsets.UTF_8))));
    Schema kind = ALL.getField("kind").schema().getTypes().get(1);
    r.put(
        "kind",
        maybe(
            random,
            new GenericData.EnumSymbol(kind, "ABC".substring(random.nextInt(3)).substring(0, 1))));
    byte[] hash = new byte[5];
    random.nextBytes(hash);
    r.put("hash", new GenericData.Fixed(ALL.getField("hash").schema(), hash));
    r.put(
        "money",
        maybe(
            random,
            ByteBuffer.wrap(
                BigInteger.valueOf(random.nextInt(1_999_999_998) - 999_999_999L).toByteArray())));
    byte[] wide = new byte[16];
    byte[] value =
        new BigInteger(120, random).subtract(BigInteger.ONE.shiftLeft(119)).toByteArray();
    java.util.Arrays.fill(wide, value[0] < 0 ? (byte) -1 : 0);
    System.arraycopy(value, 0, wide, 16 - value.length, value.length);
    r.put(
        "wide",
        maybe(
            random, new GenericData.Fixed(ALL.getField("wide").schema().getTypes().get(1), wide)));
    r.put("day", maybe(random, random.nextInt(60_000) - 30_000));
    r.put("clock", random.nextInt(86_400_000));
    r.put("clock6", random.nextInt(86_400_000) * 1_000L + 7);
    r.put("at", maybe(random, random.nextInt() * 1_000_003L));
    r.put("at6", random.nextInt() * 1_000_003L);
    r.put("there", random.nextInt() * 1_000_003L);
    r.put("there6", maybe(random, random.nextInt() * 1_000_003L));
    r.put("number", maybe(random, random.nextBoolean() ? (Object) ("n" + id) : (Object) id));
    List<String> tags = new ArrayList<>();
    Map<String, Integer> counts = new LinkedHashMap<>();
    List<Double> at = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      tags.add("t" + i);
      counts.put("k" + i, random.nextInt());
      at.add(random.nextDouble());
    }
    r.put("tags", tags);
    r.put("counts", maybe(random, counts));
    GenericRecord place = new GenericData.Record(ALL.getField("place").schema().getTypes().get(1));
    place.put("town", maybe(random, "town " + random.nextInt(9)));
    place.put("at", at);
    r.put("place", maybe(random, place));
    return r;
  }

  private InputFile write(
      String name, CodecFactory codec, Schema schema, List<GenericRecord> records)
      throws IOException {
    Path path = folder.resolve(name);
    try (DataFileWriter<GenericRecord> out =
        new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
      out.setCodec(codec).setSyncInterval(4_000).create(schema, path.toFile());
      for (GenericRecord record : records) {
        out.append(record);
      }
    }
    return Files.localInput(path.toString());
  }

  private static List<GenericRecord> some(int rows, long seed) {
    Random random = new Random(seed);
    List<GenericRecord> out = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      out.add(record(random, i));
    }
    return out;
  }

  private static void add(List<List<@Nullable Object>> out, RowBatch batch) {
    List<Types.NestedField> fields = batch.schema().columns();
    List<Values> values = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      values.add(Values.of(batch.column(i), fields.get(i).type()));
    }
    for (int row = 0; row < batch.size(); row++) {
      List<@Nullable Object> all = new ArrayList<>();
      for (Values column : values) {
        all.add(plain(column.at(row)));
      }
      out.add(all);
    }
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Object[] struct) {
      List<@Nullable Object> out = new ArrayList<>();
      for (Object field : struct) {
        out.add(plain(field));
      }
      return out;
    }
    return value;
  }

  private static List<List<@Nullable Object>> read(
      InputFile file, org.apache.iceberg.Schema columns, long piece) throws IOException {
    List<List<@Nullable Object>> out = new ArrayList<>();
    FileShape shape;
    try (AvroFile avro = AvroFile.open(file)) {
      shape = avro.shape(piece);
    }
    for (FileShape.Piece p : shape.pieces()) {
      int before = out.size();
      assertThat(p.firstRow()).isEqualTo(before);
      try (AvroFile avro = AvroFile.open(file);
          RowSource rows = avro.rows(columns, p.start(), p.length(), p.firstRow())) {
        while (rows.hasNext()) {
          Decoded decoded = rows.next();
          assertThat(decoded.position(0)).isEqualTo(out.size());
          add(out, decoded.rows());
        }
      }
      assertThat(out).hasSize(before + (int) p.rows());
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "deflate", "snappy", "zstandard", "bzip2"})
  void recordsAreWhatParquetAvroMakesOfThem(String codec) throws IOException {
    List<GenericRecord> records = some(2_500, 7);
    InputFile file = write("a.avro", CodecFactory.fromString(codec), ALL, records);
    Path parquet = folder.resolve("a.parquet");
    try (ParquetWriter<GenericRecord> out =
        AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(parquet))
            .withSchema(ALL)
            .withConf(
                new PlainParquetConfiguration(
                    Map.of("parquet.avro.write-old-list-structure", "false")))
            .build()) {
      for (GenericRecord record : records) {
        out.write(record);
      }
    }
    org.apache.iceberg.Schema columns = AvroTypes.of(ALL);
    List<List<@Nullable Object>> expected = new ArrayList<>();
    try (BatchReader reader =
        BatchReader.openByName(
            Files.localInput(parquet.toString()), columns, 0, parquet.toFile().length())) {
      reader.forEachRemaining(batch -> add(expected, batch));
    }

    assertThat(read(file, columns, 1 << 30)).isEqualTo(expected);
    assertThat(read(file, columns, 10_000)).isEqualTo(expected);
  }

  @Test
  void aDamagedBlockIsNamedAndNoRowIsLostSilently() throws IOException {
    InputFile file = write("a.avro", CodecFactory.deflateCodec(6), ALL, some(100, 3));
    byte[] bytes = java.nio.file.Files.readAllBytes(Path.of(file.location()));
    org.apache.iceberg.Schema columns = AvroTypes.of(ALL);
    List<List<@Nullable Object>> all = read(file, columns, 1 << 30);
    Random random = new Random(5);
    int found = 0;
    for (int i = 0; i < 120; i++) {
      byte[] broken = bytes.clone();
      int at = random.nextInt(bytes.length);
      broken[at] ^= (byte) (1 << random.nextInt(8));
      Path path = folder.resolve("broken.avro");
      java.nio.file.Files.write(path, broken);
      try {
        assertThat(read(Files.localInput(path.toString()), columns, 1 << 30)).hasSameSizeAs(all);
      } catch (HeadwaterException e) {
        assertThat(e).hasMessageContaining("Cannot read " + path);
        found++;
      }
    }
    // Deflate itself has no checksum: a changed digit may be a value.
    assertThat(found).isGreaterThan(60);

    for (int end = 1; end < bytes.length - 1; end += 301) {
      Path path = folder.resolve("cut.avro");
      java.nio.file.Files.write(path, java.util.Arrays.copyOf(bytes, end));
      assertThatThrownBy(() -> read(Files.localInput(path.toString()), columns, 1 << 30))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("cut.avro: ")
          .hasMessageContaining("it ends early");
    }
  }

  @Test
  void aBlockOfOtherBytesIsNamedByItsPlace() throws IOException {
    Schema text =
        new Schema.Parser()
            .parse(
                "{'type':'record','name':'T','fields':[{'name':'t','type':'string'}]}"
                    .replace('\'', '"'));
    GenericRecord record = new GenericData.Record(text);
    record.put("t", "hello");
    InputFile file = write("a.avro", CodecFactory.nullCodec(), text, List.of(record, record));
    byte[] bytes = java.nio.file.Files.readAllBytes(Path.of(file.location()));
    int at = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("hello");
    bytes[at] = (byte) 0xff;
    java.nio.file.Files.write(Path.of(file.location()), bytes);

    assertThatThrownBy(() -> read(file, AvroTypes.of(text), 1 << 30))
        .hasMessageContaining(
            "the block at byte "
                + (at - 9)
                + " is damaged (its row 1: t is bad: a text is no UTF-8)");
  }

  @Test
  void schemasThatNoTableCanHoldAreRefused() throws IOException {
    Schema tree =
        new Schema.Parser()
            .parse(
                """
        {"type": "record", "name": "Tree", "fields": [
          {"name": "value", "type": "int"},
          {"name": "left", "type": ["null", "Tree"]}]}
        """);
    InputFile file = write("tree.avro", CodecFactory.nullCodec(), tree, List.of());
    try (AvroFile avro = AvroFile.open(file)) {
      assertThatThrownBy(avro::shape)
          .hasMessageContaining(
              "tree.avro: record Tree holds records of itself, which no table can");
    }
    java.nio.file.Files.writeString(folder.resolve("no.avro"), "Obj, but not that one, really not");
    assertThatThrownBy(() -> AvroFile.open(Files.localInput(folder + "/no.avro")))
        .hasMessageContaining("no.avro: it is no Avro file");
  }

  @Test
  void unionsGetTheTypeThatTakesAllOrAStruct() {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
        {"type": "record", "name": "U", "fields": [
          {"name": "n", "type": ["int", "null", "long"]},
          {"name": "x", "type": ["float", "double"]},
          {"name": "m", "type": ["null", "int", {"type": "array", "items": "int"}]},
          {"name": "only", "type": ["null", "string"]},
          {"name": "nothing", "type": "null"}]}
        """);
    assertThat(AvroTypes.of(schema).columns().stream().map(c -> c.name() + " " + c.type()).toList())
        .containsExactly(
            "n long",
            "x double",
            "m struct<6: member0: optional int, 7: member1: optional list<int>>",
            "only string",
            "nothing string");
  }

  @Test
  void longBlocksOfNothingAreNotAllocatedFor() throws IOException {
    Schema schema =
        new Schema.Parser()
            .parse(
                "{'type':'record','name':'T','fields':[{'name':'a','type':{'type':'array','items':'null'}}]}"
                    .replace('\'', '"'));
    AvroRows rows = new AvroRows(AvroTypes.of(schema), false);
    byte[] bomb = {(byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f, 0};

    assertThatThrownBy(() -> rows.add(schema, bomb, 0, bomb.length))
        .isInstanceOf(BadValue.class)
        .hasMessageContaining("a has an array of");
    assertThat(rows.size()).isZero();
  }
}

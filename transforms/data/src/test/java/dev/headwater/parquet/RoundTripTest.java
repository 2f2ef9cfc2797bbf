package dev.headwater.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.rows.RecordRows;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.TestTable;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RoundTripTest {
  private static final Schema ALL =
      new Schema(
          Types.NestedField.optional(1, "bool", Types.BooleanType.get()),
          Types.NestedField.optional(2, "int", Types.IntegerType.get()),
          Types.NestedField.optional(3, "long", Types.LongType.get()),
          Types.NestedField.optional(4, "float", Types.FloatType.get()),
          Types.NestedField.optional(5, "double", Types.DoubleType.get()),
          Types.NestedField.optional(6, "dec9", Types.DecimalType.of(9, 2)),
          Types.NestedField.optional(7, "dec18", Types.DecimalType.of(18, 4)),
          Types.NestedField.optional(8, "dec38", Types.DecimalType.of(38, 10)),
          Types.NestedField.optional(9, "date", Types.DateType.get()),
          Types.NestedField.optional(10, "time", Types.TimeType.get()),
          Types.NestedField.optional(11, "ts", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(12, "tstz", Types.TimestampType.withZone()),
          Types.NestedField.optional(13, "text", Types.StringType.get()),
          Types.NestedField.optional(14, "uuid", Types.UUIDType.get()),
          Types.NestedField.optional(15, "fixed", Types.FixedType.ofLength(3)),
          Types.NestedField.optional(16, "bytes", Types.BinaryType.get()),
          Types.NestedField.required(17, "id", Types.LongType.get()));

  @TempDir private Path folder = Path.of("unset");

  private Table table(Schema schema, PartitionSpec spec, Map<String, String> properties) {
    return new BaseTable(new TestTable(schema, spec, folder.toString(), properties), "test");
  }

  private static @Nullable Object[] row(Random random, long id) {
    Object[] row = {
      random.nextBoolean(),
      random.nextInt(),
      random.nextInt(5) == 0 ? Long.MIN_VALUE : random.nextLong(),
      new float[] {Float.NaN, -0f, 0f, Float.MAX_VALUE, 1.5f}[random.nextInt(5)],
      random.nextInt(3) == 0 ? -0.0 : random.nextGaussian(),
      BigDecimal.valueOf(random.nextInt(1_999_999_999) - 999_999_999, 2),
      BigDecimal.valueOf(random.nextLong() % 1_000_000_000_000_000_000L, 4),
      new BigDecimal(new java.math.BigInteger(120, random).negate(), 10),
      random.nextInt(100_000) - 50_000,
      random.nextLong(86_400_000_000L),
      random.nextLong() / 1_000,
      random.nextLong() / 1_000,
      new String[] {"", "JFK", "\u0000", "a\uD83D\uDE00b", "x".repeat(random.nextInt(300))}
          [random.nextInt(5)],
      new UUID(random.nextLong(), random.nextLong()),
      ByteBuffer.wrap(new byte[] {(byte) random.nextInt(), 0, (byte) 0xff}),
      ByteBuffer.wrap(new byte[random.nextInt(20)]),
      id
    };
    for (int i = 0; i < row.length - 1; i++) {
      row[i] = random.nextInt(7) == 0 ? null : row[i];
    }
    return row;
  }

  private static List<RowBatch> batches(int rows) {
    Random random = new Random(7);
    List<RowBatch> out = new ArrayList<>();
    RowBatchBuilder builder = new RowBatchBuilder(ALL);
    for (int i = 0; i < rows; i++) {
      builder.append(row(random, i));
      if (builder.size() == 1_000 || i == rows - 1) {
        out.add(builder.build());
        builder = new RowBatchBuilder(ALL);
      }
    }
    return out;
  }

  private static List<List<@Nullable Object>> rows(Iterable<RowBatch> batches) {
    List<List<@Nullable Object>> out = new ArrayList<>();
    for (RowBatch batch : batches) {
      List<Types.NestedField> fields = batch.schema().columns();
      for (int row = 0; row < batch.size(); row++) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
          values.add(Values.of(batch.column(i), fields.get(i).type(), row));
        }
        out.add(values);
      }
    }
    return out;
  }

  private static List<RowBatch> read(Table table, DataFile file, Schema schema) throws Exception {
    List<RowBatch> out = new ArrayList<>();
    try (BatchReader reader =
        BatchReader.open(
            table.io().newInputFile(file.location()), schema, null, 0, file.fileSizeInBytes())) {
      reader.forEachRemaining(out::add);
    }
    return out;
  }

  private static List<DataFile> write(Table table, List<RowBatch> batches) throws Exception {
    try (BatchWriter writer = BatchWriter.open(table, "sink", "run")) {
      for (RowBatch batch : batches) {
        writer.accept(batch);
      }
      return writer.finish();
    }
  }

  @Test
  void everyTypeComesBackAsItWentWhateverTheCodec() throws Exception {
    List<RowBatch> batches = batches(30_000);
    List<List<@Nullable Object>> expected = rows(batches);
    for (String codec : List.of("zstd", "snappy", "gzip", "uncompressed")) {
      Table table =
          table(
              ALL,
              PartitionSpec.unpartitioned(),
              Map.of(
                  "write.parquet.compression-codec", codec, "write.parquet.page-row-limit", "999"));
      DataFile file = write(table, batches).get(0);

      assertThat(rows(read(table, file, ALL))).as(codec).isEqualTo(expected);
      assertThat(file.recordCount()).isEqualTo(30_000);
      assertThat(file.nanValueCounts().get(4)).isPositive();
    }
  }

  @Test
  void icebergsOwnReaderReadsTheSame() throws Exception {
    List<RowBatch> batches = batches(5_000);
    Table table = table(ALL, PartitionSpec.unpartitioned(), Map.of());
    DataFile file = write(table, batches).get(0);

    List<List<@Nullable Object>> seen = new ArrayList<>();
    try (CloseableIterable<Record> records =
        Parquet.read(table.io().newInputFile(file.location()))
            .project(ALL)
            .createReaderFunc(s -> GenericParquetReaders.buildReader(ALL, s))
            .build()) {
      for (Record record : records) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < ALL.columns().size(); i++) {
          values.add(RecordRows.fromIceberg(record.get(i), ALL.columns().get(i).type()));
        }
        seen.add(values);
      }
    }

    assertThat(seen).isEqualTo(rows(batches));
  }

  @Test
  void twoThousandPartitionsKeepEveryRow() throws Exception {
    Schema schema =
        new Schema(
            Types.NestedField.optional(1, "k", Types.LongType.get()),
            Types.NestedField.optional(2, "s", Types.StringType.get()));
    Table table =
        table(
            schema,
            PartitionSpec.builderFor(schema).identity("k").bucket("s", 2).build(),
            Map.of());
    RowBatchBuilder builder = new RowBatchBuilder(schema);
    for (int i = 0; i < 8_000; i++) {
      builder.append(i % 1_000 == 0 ? null : (Object) (long) (i % 1_000), "s" + i);
    }

    List<DataFile> files = write(table, List.of(builder.build()));

    assertThat(files.stream().mapToLong(DataFile::recordCount).sum()).isEqualTo(8_000);
    assertThat(files).hasSizeBetween(1_900, 2_000);
  }

  @Test
  void aThousandColumnsAndRenamedOrMissingOnesAreRead() throws Exception {
    List<Types.NestedField> fields = new ArrayList<>();
    for (int i = 1; i <= 1_000; i++) {
      fields.add(Types.NestedField.optional(i, "c" + i, Types.IntegerType.get()));
    }
    Schema schema = new Schema(fields);
    Table table = table(schema, PartitionSpec.unpartitioned(), Map.of());
    RowBatchBuilder builder = new RowBatchBuilder(schema);
    for (int row = 0; row < 100; row++) {
      Object[] values = new Object[1_000];
      java.util.Arrays.fill(values, row);
      builder.append(values);
    }
    DataFile file = write(table, List.of(builder.build())).get(0);

    Schema later =
        new Schema(
            Types.NestedField.optional(7, "renamed", Types.LongType.get()),
            Types.NestedField.optional(2_000, "added", Types.StringType.get()));
    List<List<@Nullable Object>> rows = rows(read(table, file, later));

    assertThat(rows).hasSize(100);
    assertThat(rows.get(42)).containsExactly(42L, null);
  }

  @Test
  void nestedColumnsGoByRows() throws Exception {
    Schema schema =
        new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(
                2, "tags", Types.ListType.ofOptional(3, Types.StringType.get())),
            Types.NestedField.optional(
                4,
                "at",
                Types.StructType.of(Types.NestedField.optional(5, "day", Types.DateType.get()))));
    Table table = table(schema, PartitionSpec.unpartitioned(), Map.of());
    RowBatch batch =
        new RowBatchBuilder(schema)
            .append(1L, List.of("a", "b"), new Object[] {12})
            .append(2L, null, null)
            .build();

    DataFile file = write(table, List.of(batch)).get(0);

    List<RowBatch> read = read(table, file, table.schema());
    assertThat(read).hasSize(1);
    assertThat(read.get(0)).isEqualTo(batch.as(table.schema()));
  }

  @Test
  void repeatedStringsStayADictionary() throws Exception {
    Schema schema = new Schema(Types.NestedField.optional(1, "s", Types.StringType.get()));
    Table table = table(schema, PartitionSpec.unpartitioned(), Map.of());
    RowBatchBuilder builder = new RowBatchBuilder(schema);
    for (int i = 0; i < 5_000; i++) {
      builder.append("s" + i % 10);
    }
    DataFile file = write(table, List.of(builder.build())).get(0);

    assertThat(read(table, file, schema).get(0).column(0)).isInstanceOf(DictionaryColumn.class);
  }

  @Test
  void flippedAndTruncatedFilesAreClearFaultsOrReadWell() throws Exception {
    Table table = table(ALL, PartitionSpec.unpartitioned(), Map.of());
    DataFile file = write(table, batches(3_000)).get(0);
    byte[] bytes = Files.readAllBytes(Path.of(file.location()));
    Path bad = folder.resolve("bad.parquet");
    Random random = new Random(11);
    int faults = 0;
    for (int i = 0; i < 300; i++) {
      byte[] copy = bytes.clone();
      if (i % 3 == 0) {
        copy = java.util.Arrays.copyOf(copy, random.nextInt(copy.length));
      } else {
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(bad, copy);
      try (BatchReader reader =
          BatchReader.open(
              table.io().newInputFile(bad.toString()), ALL, null, 0, copy.length + 1L)) {
        reader.forEachRemaining(b -> {});
      } catch (HeadwaterException e) {
        assertThat(e).hasMessageStartingWith("Cannot read " + bad + ": ");
        faults++;
      }
    }
    assertThat(faults).isGreaterThan(100);
    assertThatThrownBy(
            () -> BatchReader.open(table.io().newInputFile(folder + "/none"), ALL, null, 0, 1))
        .hasMessageContaining("there is no such file");
  }
}

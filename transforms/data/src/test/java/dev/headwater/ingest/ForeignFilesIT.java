package dev.headwater.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.parquet.BatchReader;
import dev.headwater.table.FileSplit;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that others wrote, read as their writers read them. */
final class ForeignFilesIT {
  /** A null in every seventh row of each column, at different rows. */
  private static final String ROWS =
      """
      select
        if((i + 0) %% 7 = 0, null, i %% 3 = 0) as flag,
        if((i + 1) %% 7 = 0, null, (i * 7919 %% 2000 - 1000)::integer) as small,
        if((i + 2) %% 7 = 0, null, i * 1000003 - 5000000000) as big,
        if((i + 3) %% 7 = 0, null, (i %% 250)::utinyint) as tiny,
        if((i + 4) %% 7 = 0, null, (i * 0.25)::float) as single,
        if((i + 5) %% 7 = 0, null, i / 3.0::double) as precise,
        if((i + 6) %% 7 = 0, null, (i %% 100000 / 100)::decimal(9, 2)) as money,
        if((i + 0) %% 7 = 0, null, (i * 1000)::decimal(38, 4)) as wide,
        if((i + 1) %% 7 = 0, null, 'A' || i %% 40) as few,
        if((i + 2) %% 7 = 0, null, 'row ' || i || repeat('é', (i %% 11)::integer)) as many,
        if((i + 3) %% 7 = 0, null, md5(i::varchar)::uuid) as uuid,
        if((i + 4) %% 7 = 0, null, date '2001-01-01' + (i %% 900)::integer) as day,
        if((i + 5) %% 7 = 0, null, timestamp '1969-12-31' + to_microseconds(i * 123457)) as moment,
        i as id
      from range(%d) t(i) order by i
      """;

  /** The same values as a batch has them. */
  private static final String AS_BATCH =
      "select flag, small, big, tiny::integer, single, precise, money, wide, few, many, uuid,"
          + " (day - date '1970-01-01')::integer, epoch_us(moment), id from t order by id";

  private static final int COUNT = 60_000;

  @TempDir private Path folder = Path.of("unset");

  private static List<List<@Nullable Object>> query(Statement duck, String sql)
      throws SQLException {
    List<List<@Nullable Object>> out = new ArrayList<>();
    try (ResultSet rows = duck.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        List<@Nullable Object> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(rows.getObject(i));
        }
        out.add(row);
      }
    }
    return out;
  }

  private static List<RowBatch> read(Path file) throws IOException {
    Sources sources = Sources.of(LocalFiles.IO, List.of(SourceFiles.of(file)));
    List<RowBatch> out = new ArrayList<>();
    for (FileSplit split : sources.splits()) {
      try (BatchReader reader =
          BatchReader.openByName(
              LocalFiles.IO.newInputFile(split.path()),
              sources.schema(),
              split.start(),
              split.length())) {
        reader.forEachRemaining(out::add);
      }
    }
    return out;
  }

  private static List<List<@Nullable Object>> rows(List<RowBatch> batches) {
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

  private static Set<Encoding> encodings(Path file) throws IOException {
    Set<Encoding> out = new HashSet<>();
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      reader
          .getFooter()
          .getBlocks()
          .forEach(block -> block.getColumns().forEach(chunk -> out.addAll(chunk.getEncodings())));
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "snappy, V1, 20000",
    "gzip, V1, 100000",
    "zstd, V1, 7000",
    "uncompressed, V1, 100000",
    "zstd, V2, 100000",
    "snappy, V2, 20000"
  })
  void duckDbsFilesGiveDuckDbsRows(String codec, String version, int groupRows) throws Exception {
    Path file = folder.resolve("duck.parquet");
    List<List<@Nullable Object>> expected;
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement duck = connection.createStatement()) {
      duck.execute("create table t as " + ROWS.formatted(COUNT));
      duck.execute(
          "copy t to '%s' (format parquet, compression %s, parquet_version %s, row_group_size %d)"
              .formatted(file, codec, version, groupRows));
      expected = query(duck, AS_BATCH);
    }

    List<RowBatch> batches = read(file);

    assertThat(rows(batches)).isEqualTo(expected);
    assertThat(batches.get(0).column("few")).isInstanceOf(DictionaryColumn.class);
    if (version.equals("V2")) {
      assertThat(encodings(file)).contains(Encoding.DELTA_BINARY_PACKED);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void pagesOfBothVersionsAndDictionariesThatOverflowAreRead(boolean second) throws Exception {
    MessageType type =
        MessageTypeParser.parseMessageType(
            """
            message rows {
              optional boolean flag;
              optional int32 small;
              optional int64 big;
              optional double precise;
              optional binary text (STRING);
              optional binary mixed (STRING);
              optional fixed_len_byte_array(6) money (DECIMAL(12, 2));
              required int64 id;
            }
            """);
    Path file = folder.resolve("mr.parquet");
    List<List<@Nullable Object>> expected = new ArrayList<>();
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(type)
            .withWriterVersion(second ? WriterVersion.PARQUET_2_0 : WriterVersion.PARQUET_1_0)
            .withCompressionCodec(CompressionCodecName.SNAPPY)
            // So small that the columns begin with a dictionary and go on without.
            .withDictionaryPageSize(2_000)
            .withPageSize(4_000)
            .withRowGroupSize(400_000L)
            .build()) {
      for (int i = 0; i < 30_000; i++) {
        writer.write(row(type, i, expected));
      }
    }

    List<RowBatch> batches = read(file);

    assertThat(rows(batches)).isEqualTo(expected);
    if (second) {
      assertThat(encodings(file))
          .contains(
              Encoding.DELTA_BINARY_PACKED,
              Encoding.DELTA_BYTE_ARRAY,
              Encoding.RLE,
              Encoding.RLE_DICTIONARY);
    } else {
      assertThat(encodings(file)).contains(Encoding.PLAIN);
    }
  }

  private static Group row(MessageType type, int i, List<List<@Nullable Object>> expected) {
    Group group = new SimpleGroup(type);
    List<@Nullable Object> row = new ArrayList<>(java.util.Collections.nCopies(8, null));
    if (i % 5 != 0) {
      group.add("flag", i % 2 == 0);
      row.set(0, i % 2 == 0);
      group.add("small", i * 31);
      row.set(1, i * 31);
    }
    if (i % 3 != 0) {
      group.add("big", i * 1_000_000_007L);
      row.set(2, i * 1_000_000_007L);
      group.add("precise", i / 7.0);
      row.set(3, i / 7.0);
      group.add("text", "prefix " + i);
      row.set(4, "prefix " + i);
    }
    if (i % 4 != 0) {
      // Few values at first, so that the dictionary is kept for some pages.
      String mixed = i < 8_000 ? "m" + i % 10 : "m" + i;
      group.add("mixed", mixed);
      row.set(5, mixed);
      byte[] bytes = {(byte) (i % 2 == 0 ? 0 : -1), 0, 0, 0, (byte) (i >> 8), (byte) i};
      group.add("money", org.apache.parquet.io.api.Binary.fromConstantByteArray(bytes));
      row.set(6, new BigDecimal(new java.math.BigInteger(bytes), 2));
    }
    group.add("id", (long) i);
    row.set(7, (long) i);
    expected.add(row);
    return group;
  }

  @Test
  void aFileWithoutRowsIsReadAsNone() throws Exception {
    Path file = folder.resolve("empty.parquet");
    duck("copy (" + ROWS.formatted(0) + ") to '" + file + "' (format parquet)");

    Sources sources = Sources.of(LocalFiles.IO, List.of(SourceFiles.of(file)));

    assertThat(sources.rows()).isZero();
    assertThat(sources.schema().columns()).hasSize(14);
    assertThat(read(file)).isEmpty();
  }

  @Test
  void filesOfOneSourceAreWidenedAndLackColumns() throws Exception {
    Path a = folder.resolve("a.parquet");
    Path b = folder.resolve("b.parquet");
    duck(
        "copy (select 1::integer as n, 1.5::float as x, 'a' as s) to '" + a + "' (format parquet)");
    duck(
        "copy (select 5000000000 as n, 2.5::double as x, 7 as extra) to '"
            + b
            + "' (format parquet)");

    Sources sources = Sources.of(LocalFiles.IO, SourceFiles.of(folder, "*.parquet"));

    assertThat(sources.schema().columns())
        .extracting(f -> f.name() + " " + f.type())
        .containsExactly("n long", "x double", "s string", "extra int");
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (FileSplit split : sources.splits()) {
      try (BatchReader reader =
          BatchReader.openByName(
              LocalFiles.IO.newInputFile(split.path()),
              sources.schema(),
              split.start(),
              split.length())) {
        reader.forEachRemaining(batch -> rows.addAll(rows(List.of(batch))));
      }
    }
    assertThat(rows)
        .containsExactly(
            java.util.Arrays.asList(1L, 1.5, "a", null),
            java.util.Arrays.asList(5_000_000_000L, 2.5, null, 7));
  }

  @Test
  void filesWithDifferentTypesAreRefusedAllAtOnce() throws Exception {
    Path a = folder.resolve("a.parquet");
    Path b = folder.resolve("b.parquet");
    duck("copy (select 1 as n, date '2001-01-01' as d) to '" + a + "' (format parquet)");
    duck("copy (select 'x' as n, timestamp '2001-01-01' as d) to '" + b + "' (format parquet)");

    assertThatThrownBy(
            () -> Sources.of(LocalFiles.IO, SourceFiles.of(folder, "*.parquet")).schema())
        .isInstanceOf(HeadwaterException.class)
        .hasMessage(
            "The source's files do not fit together: column n is string in "
                + b
                + ", but int in "
                + a
                + "; column d is timestamp in "
                + b
                + ", but date in "
                + a
                + ". Fix: give the files one type for each column, or make them two sources.");
  }

  private static void duck(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement duck = connection.createStatement()) {
      duck.execute(sql);
    }
  }
}

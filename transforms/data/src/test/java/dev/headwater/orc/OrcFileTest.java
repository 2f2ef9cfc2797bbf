package dev.headwater.orc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.Values;
import dev.headwater.files.Decoded;
import dev.headwater.files.FileShape;
import dev.headwater.files.RowSource;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Files;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.apache.orc.CompressionKind;
import org.apache.orc.OrcConf;
import org.apache.orc.TypeDescription;
import org.apache.orc.Writer;
import org.apache.orc.storage.common.type.HiveDecimal;
import org.apache.orc.storage.ql.exec.vector.BytesColumnVector;
import org.apache.orc.storage.ql.exec.vector.DecimalColumnVector;
import org.apache.orc.storage.ql.exec.vector.DoubleColumnVector;
import org.apache.orc.storage.ql.exec.vector.ListColumnVector;
import org.apache.orc.storage.ql.exec.vector.LongColumnVector;
import org.apache.orc.storage.ql.exec.vector.MapColumnVector;
import org.apache.orc.storage.ql.exec.vector.StructColumnVector;
import org.apache.orc.storage.ql.exec.vector.TimestampColumnVector;
import org.apache.orc.storage.ql.exec.vector.UnionColumnVector;
import org.apache.orc.storage.ql.exec.vector.VectorizedRowBatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that ORC's own writer wrote. */
@SuppressWarnings("ByteBufferBackingArray") // ours, wrapped
final class OrcFileTest {
  private static final TypeDescription ALL =
      TypeDescription.fromString(
          "struct<id:bigint,flag:boolean,tiny:tinyint,small:int,single:float,precise:double,"
              + "text:string,code:varchar(10),raw:binary,money:decimal(9,2),wide:decimal(38,4),"
              + "day:date,there:timestamp,at:timestamp with local time zone,tags:array<string>,"
              + "counts:map<string,int>,place:struct<town:string,n:bigint>,"
              + "any:uniontype<int,string>>");
  private static final int ROWS = 20_000;

  @TempDir private Path folder = Path.of("unset");

  private static boolean isNull(int row, int column) {
    return (row + column) % 7 == 0;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The same row as a batch of ours has it. */
  private static List<@Nullable Object> expected(int i) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add((long) i);
    row.add(i % 3 == 0);
    row.add(i % 100);
    row.add(i * 7919);
    row.add(i * 0.25f);
    row.add(i / 3.0);
    row.add("text é " + i % 400);
    row.add("c" + i % 5);
    row.add(java.nio.ByteBuffer.wrap(utf8("raw " + i)));
    row.add(BigDecimal.valueOf(i, 2));
    row.add(new BigDecimal("12345678901234567890").setScale(4).add(BigDecimal.valueOf(i)));
    row.add(i - 10_000);
    // ORC's writer moves the second before 1970 by one: ORC-763.
    row.add(i * 1_000_003L - 5_000_000_000L - (i > 4_990 && i <= 5_000 ? 20_000_000L : 0));
    row.add(i * 1_000_003L * 1_000 + 7);
    row.add(i % 3 == 0 ? List.of() : List.of("a" + i, "b"));
    row.add(i % 4 == 0 ? java.util.Map.of() : java.util.Map.of("k", i));
    row.add(Arrays.asList("town " + i % 9, (long) i));
    row.add(i % 2 == 0 ? Arrays.asList(i, null) : Arrays.asList(null, "s" + i));
    for (int c = 1; c < row.size(); c++) {
      if (isNull(i, c)) {
        row.set(c, null);
      }
    }
    return row;
  }

  private InputFile write(CompressionKind kind, int rows) throws IOException {
    Path path = folder.resolve(kind + ".orc");
    Configuration conf = new Configuration(false);
    OrcConf.STRIPE_ROW_COUNT.setLong(conf, rows / 3);
    org.apache.hadoop.fs.Path to = new org.apache.hadoop.fs.Path(path.toUri());
    try (Writer out =
        org.apache.orc.OrcFile.createWriter(
            to, org.apache.orc.OrcFile.writerOptions(conf).setSchema(ALL).compress(kind))) {
      VectorizedRowBatch batch = ALL.createRowBatch(1_000);
      for (int i = 0; i < rows; i++) {
        set(batch, batch.size++, i);
        if (batch.size == 1_000) {
          out.addRowBatch(batch);
          batch.reset();
        }
      }
      out.addRowBatch(batch);
    }
    return Files.localInput(path.toString());
  }

  private static void set(VectorizedRowBatch batch, int row, int i) {
    List<@Nullable Object> values = expected(i);
    for (int c = 0; c < values.size(); c++) {
      Object value = values.get(c);
      var v = batch.cols[c];
      if (value == null) {
        v.noNulls = false;
        v.isNull[row] = true;
        if (v instanceof ListColumnVector list) {
          list.lengths[row] = 0;
        } else if (v instanceof MapColumnVector map) {
          map.lengths[row] = 0;
        }
      } else if (v instanceof TimestampColumnVector times) {
        long micros = (Long) value;
        Timestamp time = new Timestamp(Math.floorDiv(micros, 1_000_000L) * 1_000);
        time.setNanos((int) Math.floorMod(micros, 1_000_000L) * 1_000);
        times.set(row, time);
      } else if (v instanceof LongColumnVector longs) {
        longs.vector[row] = value instanceof Boolean b ? (b ? 1 : 0) : ((Number) value).longValue();
      } else if (v instanceof DoubleColumnVector doubles) {
        doubles.vector[row] = ((Number) value).doubleValue();
      } else if (v instanceof DecimalColumnVector decimals) {
        decimals.set(row, HiveDecimal.create((BigDecimal) value));
      } else if (v instanceof BytesColumnVector bytes) {
        bytes.setVal(
            row, value instanceof java.nio.ByteBuffer b ? b.array() : utf8((String) value));
      } else if (v instanceof ListColumnVector list) {
        List<?> all = (List<?>) value;
        list.offsets[row] = list.childCount;
        list.lengths[row] = all.size();
        list.child.ensureSize(list.childCount + all.size(), true);
        for (Object one : all) {
          ((BytesColumnVector) list.child).setVal(list.childCount++, utf8((String) one));
        }
      } else if (v instanceof MapColumnVector map) {
        java.util.Map<?, ?> all = (java.util.Map<?, ?>) value;
        map.offsets[row] = map.childCount;
        map.lengths[row] = all.size();
        map.keys.ensureSize(map.childCount + all.size(), true);
        map.values.ensureSize(map.childCount + all.size(), true);
        all.forEach(
            (k, n) -> {
              ((BytesColumnVector) map.keys).setVal(map.childCount, utf8((String) k));
              ((LongColumnVector) map.values).vector[map.childCount++] = (Integer) n;
            });
      } else if (v instanceof StructColumnVector struct) {
        List<?> all = (List<?>) value;
        ((BytesColumnVector) struct.fields[0]).setVal(row, utf8((String) all.get(0)));
        ((LongColumnVector) struct.fields[1]).vector[row] = (Long) all.get(1);
      } else if (v instanceof UnionColumnVector union) {
        List<?> all = (List<?>) value;
        union.tags[row] = all.get(0) == null ? 1 : 0;
        if (all.get(0) == null) {
          ((BytesColumnVector) union.fields[1]).setVal(row, utf8((String) all.get(1)));
        } else {
          ((LongColumnVector) union.fields[0]).vector[row] = (Integer) all.get(0);
        }
      }
    }
  }

  private static List<List<@Nullable Object>> read(InputFile file, @Nullable Schema as)
      throws IOException {
    FileShape shape;
    try (OrcFile orc = OrcFile.open(file)) {
      shape = orc.shape();
    }
    Schema columns = as == null ? shape.schema() : as;
    List<List<@Nullable Object>> out = new ArrayList<>();
    for (FileShape.Piece piece : shape.pieces()) {
      assertThat(piece.firstRow()).isEqualTo(out.size());
      try (RowSource rows = OrcFile.open(file).rows(columns, piece.start(), piece.length())) {
        while (rows.hasNext()) {
          Decoded decoded = rows.next();
          assertThat(decoded.position(0)).isEqualTo(out.size());
          List<Types.NestedField> fields = columns.columns();
          for (int row = 0; row < decoded.rows().size(); row++) {
            List<@Nullable Object> values = new ArrayList<>();
            for (int i = 0; i < fields.size(); i++) {
              Object value = Values.of(decoded.rows().column(i), fields.get(i).type(), row);
              values.add(value instanceof Object[] struct ? Arrays.asList(struct) : value);
            }
            out.add(values);
          }
        }
      }
      assertThat(out).hasSize((int) (piece.firstRow() + piece.rows()));
    }
    return out;
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "ZLIB", "SNAPPY", "ZSTD"})
  void rowsAreAsTheyWereWritten(CompressionKind kind) throws IOException {
    InputFile file = write(kind, ROWS);
    List<List<@Nullable Object>> rows = read(file, null);
    assertThat(rows).hasSize(ROWS);
    for (int i = 0; i < ROWS; i++) {
      assertThat(rows.get(i)).isEqualTo(expected(i));
    }
  }

  @Test
  void columnsAreFoundByNameAndWidened() throws IOException {
    InputFile file = write(CompressionKind.ZLIB, 3_000);
    Schema as =
        new Schema(
            Types.NestedField.optional(1, "small", Types.LongType.get()),
            Types.NestedField.optional(2, "gone", Types.StringType.get()),
            Types.NestedField.optional(3, "single", Types.DoubleType.get()),
            Types.NestedField.optional(4, "money", Types.DecimalType.of(20, 2)),
            Types.NestedField.optional(
                5,
                "place",
                Types.StructType.of(
                    Types.NestedField.optional(6, "n", Types.LongType.get()),
                    Types.NestedField.optional(7, "more", Types.DateType.get()))));
    assertThat(read(file, as).get(8))
        .isEqualTo(
            Arrays.asList(63_352L, null, 2.0, new BigDecimal("0.08"), Arrays.asList(8L, null)));
  }

  @Test
  void aDamagedStripeIsNamedAndACutFileRefused() throws IOException {
    byte[] bytes =
        java.nio.file.Files.readAllBytes(Path.of(write(CompressionKind.ZLIB, 1_500).location()));
    Path path = folder.resolve("broken.orc");
    byte[] broken = bytes.clone();
    Arrays.fill(broken, bytes.length / 5, bytes.length / 4, (byte) 0x55);
    java.nio.file.Files.write(path, broken);
    assertThatThrownBy(() -> read(Files.localInput(path.toString()), null))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot read " + path + ": the stripe at byte 3 is damaged (");
    for (int end = 1; end < bytes.length; end += bytes.length / 20) {
      java.nio.file.Files.write(path, Arrays.copyOf(bytes, end));
      assertThatThrownBy(() -> read(Files.localInput(path.toString()), null))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("Cannot read " + path);
    }
  }
}

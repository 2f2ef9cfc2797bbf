package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.FileBatches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables of others whose data files are Avro or ORC: what Iceberg's own reader reads, we read. */
final class RecordBatchesTest {
  private static final Schema NESTED =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "at", Types.TimestampType.withZone()),
          Types.NestedField.optional(3, "day", Types.DateType.get()),
          Types.NestedField.optional(4, "price", Types.DecimalType.of(20, 2)),
          Types.NestedField.optional(5, "raw", Types.BinaryType.get()),
          Types.NestedField.optional(
              6, "tags", Types.ListType.ofOptional(7, Types.StringType.get())),
          Types.NestedField.optional(
              8,
              "rates",
              Types.MapType.ofOptional(9, 10, Types.StringType.get(), Types.DoubleType.get())),
          Types.NestedField.optional(
              11,
              "place",
              Types.StructType.of(
                  Types.NestedField.optional(12, "town", Types.StringType.get()),
                  Types.NestedField.optional(13, "n", Types.IntegerType.get()))));

  @TempDir private Path folder = Path.of("unset");

  private static List<@Nullable Object[]> rows(int n) {
    List<@Nullable Object[]> out = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      boolean none = i % 7 == 3;
      out.add(
          new @Nullable Object[] {
            (long) i,
            none ? null : 1_000_003L * i,
            none ? null : i - 50,
            none ? null : java.math.BigDecimal.valueOf(-i * 7L, 2),
            none ? null : java.nio.ByteBuffer.wrap(new byte[] {0, (byte) i}),
            none ? null : i % 5 == 0 ? List.of() : Arrays.asList("a" + i % 9, null),
            none ? null : Map.of("k" + i % 4, i % 3 == 0 ? Double.NaN : i / 2.0),
            none ? null : new @Nullable Object[] {"t" + i % 11, i % 2 == 0 ? null : i}
          });
    }
    return out;
  }

  @ParameterizedTest
  @EnumSource(names = {"AVRO", "ORC"})
  void nestedRowsInPiecesWithoutTheDeletedOnes(FileFormat format) throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      ForeignTable foreign =
          new ForeignTable(
              tables.create(
                  "t",
                  NESTED,
                  PartitionSpec.unpartitioned(),
                  Map.of("write.orc.stripe-size-bytes", "65536")));
      DataFile file = foreign.append(rows(30_000), null, format);
      foreign.deletePositions(
          List.of(file), new long[][] {{0, 1, 16_000, 29_999}}, FileFormat.PARQUET, null);
      Table table = foreign.table();

      assertThat(ForeignTable.byUs(table, table.schema()))
          .hasSize(29_996)
          .isEqualTo(ForeignTable.byIceberg(table, table.schema()));

      // Cut anywhere, each row is in exactly one piece, and knows where it is.
      FileSplit whole =
          Splits.of(table, TablesOnDisk.snapshot(table), null, 1, 1).get(0).splits().get(0);
      List<Long> ids = new ArrayList<>();
      long size = file.fileSizeInBytes();
      for (long start = 0; start < size; start += size / 3) {
        FileSplit piece =
            new FileSplit(
                whole.path(),
                size,
                start,
                Math.min(size / 3, size - start),
                Map.of(),
                RowDeletes.NONE,
                format);
        try (FileBatches batches =
            piece.open(table.io(), NESTED.select("id"), null, null, new DeletedRows(table.io()))) {
          while (batches.hasNext()) {
            RowBatch batch = batches.next();
            long[] values = ((dev.headwater.columns.LongColumn) batch.column(0)).values();
            assertThat(batches.position()).isEqualTo(values[0]);
            Arrays.stream(values).forEach(ids::add);
          }
        }
      }
      assertThat(ids).hasSize(30_000).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AVRO", "ORC"})
  void aPartitionsValueIsTheTables(FileFormat format) throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      Schema schema =
          new Schema(
              Types.NestedField.required(1, "id", Types.LongType.get()),
              Types.NestedField.optional(2, "code", Types.IntegerType.get()));
      Table table =
          tables.create(
              "t", schema, PartitionSpec.builderFor(schema).identity("code").build(), Map.of());
      PartitionData seven = new PartitionData(table.spec().partitionType());
      seven.set(0, 7);
      new ForeignTable(table).append(List.<Object[]>of(new Object[] {1L, 7}), seven, format);
      table.updateSchema().updateColumn("code", Types.LongType.get()).commit();

      assertThat(ForeignTable.byUs(table, table.schema())).containsExactly("[1, 7]");
      assertThat(
              Splits.of(
                  table, TablesOnDisk.snapshot(table), Expressions.equal("code", 8L), 1 << 20, 1))
          .isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AVRO", "ORC"})
  void aCutFileIsNamed(FileFormat format) throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      ForeignTable foreign = new ForeignTable(tables.create("t", NESTED));
      DataFile file = foreign.append(rows(5_000), null, format);
      Path path = Path.of(file.location().replace("file:", ""));
      byte[] bytes = Files.readAllBytes(path);
      Files.write(path, Arrays.copyOf(bytes, bytes.length / 2));

      assertThatThrownBy(() -> read(foreign.table()))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("Cannot read " + file.location())
          .hasMessageContaining("as " + format + " it is damaged");
    }
  }

  private static void read(Table table) throws IOException {
    for (SplitGroup group : Splits.of(table, TablesOnDisk.snapshot(table), null, 1 << 26, 1)) {
      try (CloseableIterator<RowBatch> batches = group.open(table, table.schema(), null)) {
        batches.forEachRemaining(batch -> {});
      }
    }
  }
}

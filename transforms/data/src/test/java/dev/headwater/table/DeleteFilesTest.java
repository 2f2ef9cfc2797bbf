package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables whose rows are deleted by delete files: what Iceberg's own reader reads, we read. */
final class DeleteFilesTest {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "name", Types.StringType.get()),
          Types.NestedField.optional(3, "value", Types.DoubleType.get()),
          Types.NestedField.optional(4, "day", Types.DateType.get()),
          Types.NestedField.optional(5, "price", Types.DecimalType.of(20, 2)),
          Types.NestedField.optional(
              6,
              "place",
              Types.StructType.of(
                  Types.NestedField.optional(7, "town", Types.StringType.get()),
                  Types.NestedField.optional(8, "n", Types.IntegerType.get()))));

  private static final FileFormat[] FORMATS = {FileFormat.PARQUET, FileFormat.AVRO, FileFormat.ORC};

  @TempDir private Path folder = Path.of("unset");

  private static List<@Nullable Object[]> rows(Random random, int n) {
    double[] values = {Double.NaN, -0.0, 0.0, 1.5};
    List<@Nullable Object[]> out = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      out.add(
          new @Nullable Object[] {
            (long) random.nextInt(300),
            random.nextInt(9) == 0 ? null : "n" + random.nextInt(40),
            random.nextInt(9) == 0 ? null : values[random.nextInt(4)],
            random.nextInt(9) == 0 ? null : random.nextInt(20),
            random.nextInt(9) == 0 ? null : java.math.BigDecimal.valueOf(random.nextInt(30), 2),
            random.nextInt(9) == 0
                ? null
                : new @Nullable Object[] {"t" + random.nextInt(5), random.nextInt(4)}
          });
    }
    return out;
  }

  private static long[] positions(Random random, DataFile file) {
    return random.longs(1 + random.nextInt(60), 0, file.recordCount()).distinct().toArray();
  }

  private static void deletePositions(ForeignTable table, List<DataFile> files, Random random)
      throws IOException {
    List<DataFile> some = files.stream().filter(f -> random.nextBoolean()).toList();
    if (some.isEmpty()) {
      return;
    }
    long[][] positions = some.stream().map(f -> positions(random, f)).toArray(long[][]::new);
    FileFormat format = FORMATS[random.nextInt(3)];
    table.deletePositions(some, positions, format, null);
  }

  private static DataFile append(ForeignTable table, Random random) throws IOException {
    return table.append(rows(random, 100 + random.nextInt(900)), null, FORMATS[random.nextInt(3)]);
  }

  private static void deleteEqual(ForeignTable table, Random random) throws IOException {
    String[][] choices = {
      {"id"}, {"name", "day"}, {"value", "id"}, {"price", "value"}, {"place.town", "id"}
    };
    Schema keys = SCHEMA.select(choices[random.nextInt(choices.length)]);
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (@Nullable Object[] row : rows(random, 1 + random.nextInt(30))) {
      @Nullable Object[] key = new @Nullable Object[keys.columns().size()];
      for (int i = 0; i < key.length; i++) {
        int at = keys.columns().get(i).fieldId() - 1;
        key[i] = row[at];
        if (at == 5 && row[at] instanceof Object[] place) {
          key[i] = new @Nullable Object[] {place[0]};
        }
      }
      rows.add(key);
    }
    FileFormat format = FORMATS[random.nextInt(3)];
    table.deleteEqual(RandomRows.batch(keys, rows), format, null);
  }

  private static void same(Table table) throws IOException {
    assertThat(ForeignTable.byUs(table, table.schema()))
        .isEqualTo(ForeignTable.byIceberg(table, table.schema()));
    Schema few = table.schema().select("day", "value");
    assertThat(ForeignTable.byUs(table, few)).isEqualTo(ForeignTable.byIceberg(table, few));
  }

  @Test
  void whatIcebergReadsIsRead() throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      for (int seed = 0; seed < 6; seed++) {
        Random random = new Random(seed);
        ForeignTable table =
            new ForeignTable(
                tables.create(
                    "t" + seed,
                    SCHEMA,
                    PartitionSpec.unpartitioned(),
                    Map.of("write.parquet.row-group-size-bytes", "4000")));
        List<DataFile> files = new ArrayList<>();
        for (int step = 0; step < 12; step++) {
          if (step == 7 && seed % 2 == 0) {
            table.table().updateProperties().set("format-version", "3").commit();
          }
          switch (random.nextInt(3)) {
            case 0 -> deleteEqual(table, random);
            case 1 -> {
              if (step < 7 || seed % 2 != 0) {
                deletePositions(table, files, random);
              } else if (!files.isEmpty()) {
                List<DataFile> one = List.of(files.get(random.nextInt(files.size())));
                table.deleteByVectors(one, new long[][] {positions(random, one.get(0))});
              }
            }
            default -> files.add(append(table, random));
          }
        }
        table.table().refresh();
        if (table.table().currentSnapshot() != null) {
          same(table.table());
        }
      }
    }
  }

  @Test
  void deletesCountForTheirPartitionAndForRowsWrittenBeforeThem() throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      Schema schema = SCHEMA.select("id", "name");
      PartitionSpec spec = PartitionSpec.builderFor(schema).identity("name").build();
      ForeignTable table = new ForeignTable(tables.create("t", schema, spec, Map.of()));
      PartitionData a = new PartitionData(table.table().spec().partitionType());
      a.set(0, "a");
      PartitionData b = a.copy();
      b.set(0, "b");
      List<@Nullable Object[]> inA = List.of(new Object[] {1L, "a"}, new Object[] {2L, "a"});
      List<@Nullable Object[]> inB = List.of(new Object[] {1L, "b"}, new Object[] {2L, "b"});
      table.append(inA, a);
      table.append(inB, b);
      RowBatch key = new RowBatchBuilder(schema.select("id")).append(1L).build();
      table.deleteEqual(key, FileFormat.PARQUET, a);
      table.append(inA, a);

      assertThat(ForeignTable.byUs(table.table(), schema))
          .containsExactly("[1, a]", "[1, b]", "[2, a]", "[2, a]", "[2, b]");
      same(table.table(), schema);
    }
  }

  private static void same(Table table, Schema schema) throws IOException {
    assertThat(ForeignTable.byUs(table, schema)).isEqualTo(ForeignTable.byIceberg(table, schema));
  }

  @Test
  void aDeletedKeysColumnMayBeDroppedOrWidenedLater() throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      Schema schema =
          new Schema(
              Types.NestedField.optional(1, "id", Types.IntegerType.get()),
              Types.NestedField.optional(2, "code", Types.IntegerType.get()),
              Types.NestedField.optional(3, "name", Types.StringType.get()));
      ForeignTable table = new ForeignTable(tables.create("t", schema));
      table.append(
          List.of(new Object[] {1, 1, "a"}, new Object[] {2, 2, "b"}, new Object[] {3, null, "c"}),
          null);
      table.deleteEqual(
          new RowBatchBuilder(schema.select("id")).append(1).build(), FileFormat.PARQUET, null);
      table.deleteEqual(
          new RowBatchBuilder(schema.select("code")).append((Object) null).build(),
          FileFormat.PARQUET,
          null);
      table
          .table()
          .updateSchema()
          .updateColumn("id", Types.LongType.get())
          .deleteColumn("code")
          .commit();
      table.append(List.<Object[]>of(new Object[] {1L, "later"}), null);

      assertThat(ForeignTable.byUs(table.table(), table.table().schema()))
          .containsExactly("[1, later]", "[2, b]");
    }
  }

  @Test
  void moreDeletedKeysThanMemoryTakesAreMetInSeveralPasses() throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      Schema schema = SCHEMA.select("id", "name");
      ForeignTable table = new ForeignTable(tables.create("t", schema));
      List<@Nullable Object[]> rows = new ArrayList<>();
      RowBatchBuilder gone = new RowBatchBuilder(schema.select("name"));
      for (int i = 0; i < 30_000; i++) {
        rows.add(new Object[] {(long) i, "name " + i});
        if (i % 3 != 0) {
          gone.append("name " + i);
        }
      }
      table.append(rows, null);
      table.deleteEqual(gone.build(), FileFormat.PARQUET, null);

      FileSplit split = split(table.table());
      RowPositions deleted = new DeletedRows(table.table().io(), 100_000).of(split, null, null);

      for (int i = 0; i < 30_000; i++) {
        var others = deleted.others(i, 1);
        assertThat(others == null || others.count() == 1).as("row " + i).isEqualTo(i % 3 == 0);
      }
    }
  }

  private static FileSplit split(Table table) {
    return Splits.of(table, TablesOnDisk.snapshot(table), null, 1 << 26, 1).get(0).splits().get(0);
  }

  @Test
  void aLostDeleteFileIsToldAndNoRowIsRead() throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      Schema schema = SCHEMA.select("id", "name");
      ForeignTable table = new ForeignTable(tables.create("t", schema));
      DataFile file = table.append(List.<Object[]>of(new Object[] {1L, "a"}), null);
      table.deletePositions(List.of(file), new long[][] {{0}}, FileFormat.PARQUET, null);
      String location;
      try (CloseableIterable<FileScanTask> tasks = table.table().newScan().planFiles()) {
        location = tasks.iterator().next().deletes().get(0).location();
      }
      Files.delete(Path.of(java.net.URI.create(location)));

      assertThatThrownBy(() -> ForeignTable.byUs(table.table(), schema))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining(location);
    }
  }

  @Test
  void positionsAreKeptByBlocks() {
    RowPositions positions = new RowPositions();
    Random random = new Random(5);
    java.util.TreeSet<Long> expected = new java.util.TreeSet<>();
    for (int i = 0; i < 5_000; i++) {
      long at = random.nextLong(400_000) + (random.nextBoolean() ? 1L << 40 : 0);
      positions.add(at);
      expected.add(at);
    }
    for (int i = 0; i < 2_000; i++) {
      long from = random.nextLong(400_000) + (random.nextBoolean() ? 1L << 40 : 0);
      int rows = 1 + random.nextInt(9_000);
      var others = positions.others(from, rows);
      long gone = expected.subSet(from, from + rows).size();
      assertThat(others == null ? rows : others.count()).isEqualTo((int) (rows - gone));
      for (long at : expected.subSet(from, from + rows)) {
        assertThat(others != null && others.get((int) (at - from))).isFalse();
      }
    }
  }
}

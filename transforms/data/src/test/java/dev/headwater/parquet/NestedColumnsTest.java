package dev.headwater.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.columns.RowBatch;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.ForeignTable;
import dev.headwater.table.RandomRows;
import dev.headwater.table.TablesOnDisk;
import dev.headwater.table.TestTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists, maps and structs read as columns: the values that Iceberg's own writer was given. */
final class NestedColumnsTest {
  @TempDir private Path folder = Path.of("unset");

  private static List<String> read(Table table, DataFile file, Schema schema) throws Exception {
    List<String> out = new ArrayList<>();
    try (BatchReader reader =
        BatchReader.open(
            table.io().newInputFile(file.location()), schema, null, 0, file.fileSizeInBytes())) {
      reader.forEachRemaining(batch -> out.addAll(ForeignTable.rows(batch)));
    }
    return out;
  }

  @Test
  void randomSchemasAndRowsComeBack() throws Exception {
    for (int seed = 0; seed < 120; seed++) {
      Random random = new Random(seed);
      RandomRows rows = new RandomRows(seed);
      Table table =
          new BaseTable(
              new TestTable(
                  rows.schema(),
                  PartitionSpec.unpartitioned(),
                  folder.toString(),
                  Map.of(
                      "format-version",
                      "3",
                      "write.parquet.page-row-limit",
                      "" + (1 + random.nextInt(60)),
                      "write.parquet.row-group-size-bytes",
                      "" + (2_000 + random.nextInt(20_000)),
                      "write.parquet.row-group-check-min-record-count",
                      "20")),
              "t" + seed);
      RowBatch batch = RandomRows.batch(table.schema(), rows.rows(table.schema(), 200));

      DataFile file;
      try (BatchWriter writer = BatchWriter.open(table, "sink", "run")) {
        writer.accept(batch);
        file = writer.finish().get(0);
      }

      assertThat(read(table, file, table.schema()))
          .as("seed " + seed + " " + table.schema())
          .isEqualTo(ForeignTable.rows(batch));
    }
  }

  @Test
  void structsWhoseFieldsChangedAreReadById() throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      Schema schema =
          new Schema(
              Types.NestedField.required(1, "id", Types.LongType.get()),
              Types.NestedField.optional(
                  2,
                  "place",
                  Types.StructType.of(
                      Types.NestedField.optional(3, "town", Types.StringType.get()),
                      Types.NestedField.optional(4, "n", Types.IntegerType.get()))),
              Types.NestedField.optional(
                  5,
                  "stops",
                  Types.ListType.ofOptional(
                      6,
                      Types.StructType.of(
                          Types.NestedField.required(7, "a", Types.IntegerType.get()),
                          Types.NestedField.optional(8, "b", Types.StringType.get())))),
              Types.NestedField.optional(
                  9,
                  "by",
                  Types.MapType.ofOptional(10, 11, Types.StringType.get(), Types.FloatType.get())));
      ForeignTable foreign = new ForeignTable(tables.create("t", schema));
      Table table = foreign.table();
      List<@Nullable Object[]> rows = new ArrayList<>();
      Random random = new Random(4);
      for (int i = 0; i < 500; i++) {
        rows.add(row(random, i));
      }
      foreign.append(rows, null);
      table
          .updateSchema()
          .renameColumn("place.town", "city")
          .updateColumn("place.n", Types.LongType.get())
          .addColumn("place", "zip", Types.StringType.get())
          .moveFirst("place.zip")
          .deleteColumn("stops.b")
          .addColumn("stops", "c", Types.DoubleType.get())
          .updateColumn("by.value", Types.DoubleType.get())
          .renameColumn("by", "scores")
          .commit();

      assertThat(ForeignTable.byUs(table, table.schema()))
          .isEqualTo(ForeignTable.byIceberg(table, table.schema()));
      // Only fields that the file lacks: which structs are null is still known.
      Schema added = table.schema().select("place.zip");
      assertThat(ForeignTable.byUs(table, added)).contains("[null]", "[([null])]");
    }
  }

  private static @Nullable Object[] row(Random random, int i) {
    List<@Nullable Object> stops = new ArrayList<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      stops.add(random.nextInt(5) == 0 ? null : new @Nullable Object[] {n, "b" + n});
    }
    return new @Nullable Object[] {
      (long) i,
      random.nextInt(4) == 0
          ? null
          : new @Nullable Object[] {random.nextInt(4) == 0 ? null : "t" + i, i},
      random.nextInt(5) == 0 ? null : stops,
      random.nextInt(5) == 0 ? null : Map.of("x", (float) i)
    };
  }
}

package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.expr.Pruning;
import dev.headwater.parquet.BatchReader;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages that cannot match are not fetched, and no row that matches is lost with them. */
final class PagesTest {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "day", Types.DateType.get()),
          Types.NestedField.optional(3, "name", Types.StringType.get()),
          Types.NestedField.optional(4, "price", Types.DecimalType.of(12, 2)),
          Types.NestedField.optional(5, "value", Types.DoubleType.get()),
          Types.NestedField.optional(6, "at", Types.TimestampType.withZone()),
          Types.NestedField.optional(
              7, "tags", Types.ListType.ofOptional(8, Types.StringType.get())));
  private static final Schema FLAT = SCHEMA.select("id", "day", "name", "price", "value", "at");

  @TempDir private Path folder = Path.of("unset");

  private static @Nullable Object[] row(Random random, int i, int width) {
    @Nullable Object[] row = {
      (long) i,
      i / 100,
      String.format("n%06d", i / 7),
      BigDecimal.valueOf(i * 3L, 2),
      random.nextInt(50) == 0 ? Double.NaN : i / 10.0,
      i * 1_000_000L,
      random.nextInt(9) == 0 ? null : List.of("t" + i, "u")
    };
    for (int c = 1; c < 6; c++) {
      row[c] = random.nextInt(30) == 0 || i / 5_000 == 2 ? null : row[c];
    }
    return java.util.Arrays.copyOf(row, width);
  }

  private Table table(Schema schema) {
    return new BaseTable(
        new TestTable(
            schema,
            PartitionSpec.unpartitioned(),
            folder.toString(),
            Map.of("write.parquet.page-row-limit", "500")),
        "t");
  }

  private static DataFile write(Table table, int rows) throws Exception {
    Random random = new Random(9);
    try (BatchWriter writer = BatchWriter.open(table, "sink", "run")) {
      for (int from = 0; from < rows; from += 1_000) {
        RowBatchBuilder batch = new RowBatchBuilder(table.schema());
        for (int i = from; i < from + 1_000; i++) {
          batch.append(row(random, i, table.schema().columns().size()));
        }
        writer.accept(batch.build());
      }
      return writer.finish().get(0);
    }
  }

  private static List<RowBatch> read(
      CountingIO io, DataFile file, Schema schema, @Nullable Expression filter) throws Exception {
    List<RowBatch> out = new ArrayList<>();
    try (BatchReader reader =
        BatchReader.open(
            io.newInputFile(file.location()), schema, filter, 0, file.fileSizeInBytes())) {
      reader.forEachRemaining(out::add);
    }
    return out;
  }

  private static Set<Long> ids(List<RowBatch> batches) {
    Set<Long> out = new TreeSet<>();
    for (RowBatch batch : batches) {
      for (long id : ((LongColumn) batch.column("id")).values()) {
        out.add(id);
      }
    }
    return out;
  }

  @Test
  void aNarrowFilterOnASortedColumnFetchesFewBytes() throws Exception {
    Table table = table(FLAT);
    DataFile file = write(table, 100_000);
    CountingIO io = new CountingIO(table.io());
    Schema wanted = FLAT.select("id", "value", "name");

    assertThat(read(io, file, wanted, null)).isNotEmpty();
    long whole = io.bytes();
    Set<Long> few = ids(read(io, file, wanted, Expressions.equal("at", 70_000_000_000L)));
    long filtered = io.bytes() - whole;

    assertThat(few).contains(70_000L).hasSizeLessThan(1_500);
    assertThat(filtered).isLessThan(whole / 10);
  }

  @Test
  void noMatchingRowIsLost() throws Exception {
    for (Schema schema : List.of(FLAT, SCHEMA)) {
      Table table = table(schema);
      DataFile file = write(table, 20_000);
      CountingIO io = new CountingIO(table.io());
      List<RowBatch> all = read(io, file, schema, null);
      Random random = new Random(3);
      for (int i = 0; i < 60; i++) {
        String sql = condition(random, 2);
        var condition = dev.headwater.columns.expr.Expression.parse(sql, schema);
        Wanted.Bound bound = Wanted.ALL.where(sql).bind(schema);
        List<String> expected = matching(all, bound);
        List<RowBatch> some = read(io, file, schema, Pruning.of(condition));
        assertThat(matching(some, bound)).as(sql).isEqualTo(expected);
      }
    }
  }

  private static List<String> matching(List<RowBatch> batches, Wanted.Bound bound) {
    List<String> out = new ArrayList<>();
    for (RowBatch batch : batches) {
      RowBatch kept = bound.of(batch);
      if (kept != null) {
        out.addAll(ForeignTable.rows(kept));
      }
    }
    return out;
  }

  private static String condition(Random random, int depth) {
    if (depth > 0 && random.nextInt(3) > 0) {
      String operator = random.nextBoolean() ? " and " : " or ";
      return "(" + condition(random, depth - 1) + operator + condition(random, depth - 1) + ")";
    }
    int i = random.nextInt(21_000) - 500;
    String compare = new String[] {"=", "<", "<=", ">", ">=", "<>"}[random.nextInt(6)];
    return switch (random.nextInt(8)) {
      case 0 -> "id " + compare + " " + i;
      case 1 ->
          "day " + compare + " date '1970-01-01' + interval '" + Math.max(0, i / 100) + "' day";
      case 2 -> "name " + compare + " '" + String.format("n%06d", Math.max(0, i) / 7) + "'";
      case 3 -> "price " + compare + " " + BigDecimal.valueOf(i * 3L, 2).toPlainString();
      case 4 -> "value " + compare + " " + i / 10.0 + "e0";
      case 5 -> "name like '" + String.format("n%06d", Math.max(0, i) / 7).substring(0, 6) + "%'";
      case 6 -> random.nextBoolean() ? "day is null" : "day is not null";
      default -> "id in (" + i + ", " + random.nextInt(20_000) + ", -1)";
    };
  }
}

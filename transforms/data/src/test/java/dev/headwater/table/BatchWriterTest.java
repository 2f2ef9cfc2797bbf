package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.parquet.BatchReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where files and row groups end, and which of them are read. */
final class BatchWriterTest {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "noise", Types.LongType.get()),
          Types.NestedField.optional(3, "name", Types.StringType.get()));

  @TempDir private Path folder = Path.of("unset");

  private Table table(Map<String, String> properties) {
    return new BaseTable(
        new TestTable(SCHEMA, PartitionSpec.unpartitioned(), folder.toString(), properties), "t");
  }

  private static List<DataFile> write(Table table, int rows) throws Exception {
    return write(table, rows, i -> "name " + i / 10_000);
  }

  private static List<DataFile> write(Table table, int rows, IntFunction<String> name)
      throws Exception {
    Random random = new Random(3);
    try (BatchWriter writer = BatchWriter.open(table, "sink", "run")) {
      for (int from = 0; from < rows; from += 1_000) {
        RowBatchBuilder batch = new RowBatchBuilder(SCHEMA);
        for (int i = from; i < from + 1_000; i++) {
          batch.append((long) i, random.nextLong(), name.apply(i));
        }
        writer.accept(batch.build());
      }
      return writer.finish();
    }
  }

  private static List<Long> ids(Table table, DataFile file, Expression filter) throws Exception {
    List<Long> out = new ArrayList<>();
    try (BatchReader reader =
        BatchReader.open(
            table.io().newInputFile(file.location()),
            SCHEMA.select("id"),
            filter,
            0,
            file.fileSizeInBytes())) {
      while (reader.hasNext()) {
        RowBatch batch = reader.next();
        for (long id : ((LongColumn) batch.column(0)).values()) {
          out.add(id);
        }
      }
    }
    return out;
  }

  @Test
  void aNewFileBeginsAtTheTargetSize() throws Exception {
    Table table =
        table(
            Map.of(
                "write.target-file-size-bytes", "200000",
                "write.parquet.row-group-size-bytes", "40000"));

    List<DataFile> files = write(table, 100_000);

    assertThat(files.size()).isBetween(4, 10);
    assertThat(files.subList(0, files.size() - 1))
        .allSatisfy(file -> assertThat(file.fileSizeInBytes()).isBetween(150_000L, 400_000L));
    List<Long> ids = new ArrayList<>();
    for (DataFile file : files) {
      ids.addAll(ids(table, file, Expressions.alwaysTrue()));
    }
    assertThat(ids).hasSize(100_000).doesNotHaveDuplicates();
  }

  @Test
  void aFilterSkipsRowGroupsByTheirBoundsAndDictionaries() throws Exception {
    Table table = table(Map.of("write.parquet.row-group-size-bytes", "100000"));
    DataFile file = write(table, 100_000).get(0);
    assertThat(file.splitOffsets()).hasSizeGreaterThan(5);

    List<Long> few = ids(table, file, Expressions.greaterThanOrEqual("id", 99_999L));
    assertThat(few).contains(99_999L).hasSizeLessThan(30_000);
    assertThat(ids(table, file, Expressions.equal("id", -1L))).isEmpty();
    // The name is not read, only looked up.
    List<Long> named = ids(table, file, Expressions.equal("name", "name 3"));
    assertThat(named).contains(30_000L, 39_999L).hasSizeLessThan(20_000);
    assertThat(ids(table, file, Expressions.equal("name", "name 35"))).isEmpty();
  }

  @Test
  void aFilterOfAnUnknownColumnSkipsNothing() throws Exception {
    Table table = table(Map.of());
    DataFile file = write(table, 2_000).get(0);

    assertThat(ids(table, file, Expressions.equal("nobody", 1))).hasSize(2_000);
  }

  @Test
  void rowsOfMoreUnorderedPartitionsThanOpenFilesAreAFileEachAndKeepTheirOrder() throws Exception {
    Table table = partitioned(Map.of("headwater.write.memory-bytes", "4000000"));
    Random random = new Random(5);

    List<DataFile> files = write(table, 10_000, i -> "p" + random.nextInt(60));

    assertThat(files).hasSize(60);
    long rows = 0;
    for (DataFile file : files) {
      assertThat(ids(table, file, Expressions.alwaysTrue()))
          .hasSize((int) file.recordCount())
          .isSorted();
      rows += file.recordCount();
    }
    assertThat(rows).isEqualTo(10_000);
  }

  @Test
  void partitionsOfNestedRowsAreSpilledToo() throws Exception {
    Schema nested =
        new Schema(
            Types.NestedField.optional(1, "p", Types.IntegerType.get()),
            Types.NestedField.optional(
                2, "tags", Types.ListType.ofOptional(3, Types.StringType.get())));
    PartitionSpec spec = PartitionSpec.builderFor(nested).identity("p").build();
    Table table =
        new BaseTable(
            new TestTable(
                nested,
                spec,
                folder.toString(),
                Map.of("headwater.write.memory-bytes", "64000000")),
            "t");
    try (BatchWriter writer = BatchWriter.open(table, "sink", "run")) {
      for (int from = 0; from < 500; from += 50) {
        RowBatchBuilder batch = new RowBatchBuilder(nested);
        for (int i = from; i < from + 50; i++) {
          batch.append(i * 7 % 10, List.of("a" + i, "b"));
        }
        writer.accept(batch.build());
      }
      assertThat(writer.finish()).hasSize(10).allMatch(file -> file.recordCount() == 50);
    }
  }

  private Table partitioned(Map<String, String> properties) {
    PartitionSpec spec = PartitionSpec.builderFor(SCHEMA).identity("name").build();
    return new BaseTable(new TestTable(SCHEMA, spec, folder.toString(), properties), "t");
  }

  @Test
  void nothingWrittenIsNoFile() throws Exception {
    assertThat(write(table(Map.of()), 0)).isEmpty();
  }
}

package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.parquet.BatchReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table with a sort order gets files whose rows are in it, and that say so. */
final class SortedWriteTest {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "name", Types.StringType.get()),
          Types.NestedField.optional(3, "part", Types.IntegerType.get()),
          Types.NestedField.optional(
              4, "tags", Types.ListType.ofOptional(5, Types.StringType.get())));

  @TempDir private Path folder = Path.of("unset");

  private Table table(int partitions) {
    SortOrder order =
        SortOrder.builderFor(SCHEMA)
            .withOrderId(1)
            .desc("name", NullOrder.NULLS_LAST)
            .asc("id")
            .build();
    PartitionSpec spec =
        partitions == 1
            ? PartitionSpec.unpartitioned()
            : PartitionSpec.builderFor(SCHEMA).identity("part").build();
    return new BaseTable(
        new TestTable(
            SCHEMA,
            spec,
            order,
            folder.toString(),
            Map.of(
                "write.target-file-size-bytes",
                "60000",
                "headwater.write.memory-bytes",
                "2000000")),
        "t");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 250})
  void eachFileIsInTheTablesOrder(int partitions) throws Exception {
    Table table = table(partitions);
    Random random = new Random(5);
    int rows = 60_000;
    List<DataFile> files;
    try (BatchWriter writer = BatchWriter.open(table, "sink", "run").sorting()) {
      for (int from = 0; from < rows; from += 3_000) {
        RowBatchBuilder batch = new RowBatchBuilder(SCHEMA);
        for (int i = from; i < from + 3_000; i++) {
          int name = random.nextInt(4_000);
          batch.append(
              (long) i,
              name < 40 ? null : "n" + name,
              random.nextInt(partitions),
              i % 3 == 0 ? null : List.of("a" + i));
        }
        writer.accept(batch.build());
      }
      files = writer.finish();
    }
    assertThat(files.size()).isGreaterThan(partitions - 1);
    Set<Long> seen = new HashSet<>();
    for (DataFile file : files) {
      assertThat(file.sortOrderId()).isEqualTo(1);
      @Nullable Object[] last = null;
      for (@Nullable Object[] row : read(table, file)) {
        assertThat(seen.add((Long) row[0])).isTrue();
        assertThat(last == null || compare(last, row) <= 0).isTrue();
        last = row;
      }
    }
    assertThat(seen).hasSize(rows);
  }

  private static List<@Nullable Object[]> read(Table table, DataFile file) throws Exception {
    List<@Nullable Object[]> out = new ArrayList<>();
    try (BatchReader reader =
        BatchReader.open(
            table.io().newInputFile(file.location()), SCHEMA, null, 0, file.fileSizeInBytes())) {
      while (reader.hasNext()) {
        RowBatch batch = reader.next();
        Values id = Values.of(batch.column("id"), Types.LongType.get());
        Values name = Values.of(batch.column("name"), Types.StringType.get());
        for (int i = 0; i < batch.size(); i++) {
          out.add(new @Nullable Object[] {id.at(i), name.at(i)});
        }
      }
    }
    return out;
  }

  private static int compare(@Nullable Object[] a, @Nullable Object[] b) {
    Object left = a[1];
    Object right = b[1];
    if (left == null || right == null) {
      return left == right ? ((Long) a[0]).compareTo((Long) b[0]) : left == null ? 1 : -1;
    }
    int c = right.toString().compareTo(left.toString());
    return c != 0 ? c : ((Long) a[0]).compareTo((Long) b[0]);
  }
}

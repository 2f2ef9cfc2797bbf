package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.parquet.BatchReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A value that a column hasn't, between others that it has, is known from its Bloom filter. */
final class BloomFilterTest {
  private static final int ROWS = 50_000;
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "number", Types.IntegerType.get()),
          Types.NestedField.optional(3, "name", Types.StringType.get()),
          Types.NestedField.optional(4, "value", Types.DoubleType.get()));

  @TempDir private Path folder = Path.of("unset");

  private Table table(boolean blooms) {
    Map<String, String> properties = new HashMap<>();
    properties.put("write.parquet.dict-size-bytes", "40000");
    for (String column : new String[] {"id", "number", "name", "value"}) {
      properties.put("write.parquet.bloom-filter-enabled.column." + column, "" + blooms);
    }
    return new BaseTable(
        new TestTable(SCHEMA, PartitionSpec.unpartitioned(), folder.toString(), properties), "t");
  }

  /** Even numbers; the first page of each column is coded, the others are plain. */
  private static DataFile write(Table table) throws Exception {
    try (BatchWriter writer = BatchWriter.open(table, "sink", "run")) {
      for (int from = 0; from < ROWS; from += 5_000) {
        RowBatchBuilder batch = new RowBatchBuilder(SCHEMA);
        for (int i = from; i < from + 5_000; i++) {
          int even = 2 * (i * 7_919 % ROWS);
          batch.append((long) even, i % 11 == 0 ? null : even, "n" + even, even * 1.5);
        }
        writer.accept(batch.build());
      }
      return writer.finish().get(0);
    }
  }

  private static long rows(Table table, DataFile file, Expression filter) throws Exception {
    long rows = 0;
    try (BatchReader reader =
        BatchReader.open(
            table.io().newInputFile(file.location()), SCHEMA, filter, 0, file.fileSizeInBytes())) {
      while (reader.hasNext()) {
        RowBatch batch = reader.next();
        rows += batch.size();
      }
    }
    return rows;
  }

  @Test
  void whatIsNotThereIsNotRead() throws Exception {
    Table table = table(true);
    DataFile file = write(table);
    assertThat(rows(table, file, Expressions.equal("id", 30_001L))).isZero();
    assertThat(rows(table, file, Expressions.equal("number", 30_003))).isZero();
    assertThat(rows(table, file, Expressions.equal("name", "n30005"))).isZero();
    assertThat(rows(table, file, Expressions.equal("value", 30_001 * 1.5))).isZero();

    Table without = table(false);
    DataFile plain = write(without);
    assertThat(rows(without, plain, Expressions.equal("id", 30_001L))).isPositive();
  }

  @Test
  void whatIsThereIsFoundByIcebergsReaderToo() throws Exception {
    Table table = table(true);
    DataFile file = write(table);
    for (int i = 0; i < ROWS; i += 613) {
      long even = 2L * (i * 7_919 % ROWS);
      assertThat(rows(table, file, Expressions.equal("id", even))).isPositive();
      assertThat(rows(table, file, Expressions.equal("name", "n" + even))).isPositive();
      assertThat(rows(table, file, Expressions.equal("value", even * 1.5))).isPositive();
    }
    assertThat(byIceberg(table, file, Expressions.equal("name", "n30000"))).isPositive();
    assertThat(byIceberg(table, file, Expressions.equal("name", "n30001"))).isZero();
  }

  private static long byIceberg(Table table, DataFile file, Expression filter) throws Exception {
    long rows = 0;
    try (CloseableIterable<Object> reader =
        Parquet.read(table.io().newInputFile(file.location()))
            .project(SCHEMA)
            .createReaderFunc(type -> GenericParquetReaders.buildReader(SCHEMA, type))
            .filter(filter)
            .build()) {
      for (Object unused : reader) {
        rows++;
      }
    }
    return rows;
  }
}

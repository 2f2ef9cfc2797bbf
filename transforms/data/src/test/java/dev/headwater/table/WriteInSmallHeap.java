package dev.headwater.table;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * A process that writes rows with their sketches: arguments {@code columns|partitions FOLDER ROWS};
 * says how many files there are, of how many partitions and rows.
 */
final class WriteInSmallHeap {
  static final int PARTITIONS = 2_000;

  private WriteInSmallHeap() {}

  public static void main(String[] args) throws Exception {
    boolean wide = args[0].equals("columns");
    Schema schema = schema(wide ? Integer.parseInt(args[3]) : 4);
    PartitionSpec spec =
        wide
            ? PartitionSpec.unpartitioned()
            : PartitionSpec.builderFor(schema).identity("c2").build();
    Table table = new BaseTable(new TestTable(schema, spec, args[1], Map.of()), "t");
    long rows = Long.parseLong(args[2]);
    int batch = wide ? 128 : RowBatch.MAX_ROWS;
    SplittableRandom random = new SplittableRandom(11);
    try (BatchWriter writer = BatchWriter.open(table, "sink", "run").sketching()) {
      for (long from = 0; from < rows; from += batch) {
        writer.accept(batch(schema, (int) Math.min(batch, rows - from), random));
      }
      List<DataFile> files = writer.finish();
      System.out.println(
          files.size()
              + " files "
              + files.stream().map(f -> f.partition().hashCode()).distinct().count()
              + " partitions "
              + files.stream().mapToLong(DataFile::recordCount).sum()
              + " rows "
              + writer.sketch().rows()
              + " sketched");
    }
  }

  private static Schema schema(int columns) {
    List<NestedField> fields = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      fields.add(
          NestedField.optional(
              i + 1,
              "c" + i,
              switch (i % 4) {
                case 0 -> Types.LongType.get();
                case 1 -> Types.DoubleType.get();
                case 2 -> Types.IntegerType.get();
                default -> Types.StringType.get();
              }));
    }
    return new Schema(fields);
  }

  private static RowBatch batch(Schema schema, int rows, SplittableRandom random) {
    BytesColumn texts =
        BytesColumn.ofStrings(
            LongStream.range(0, 100).mapToObj(i -> "text " + i).toArray(String[]::new));
    List<Column> columns = new ArrayList<>();
    for (NestedField field : schema.columns()) {
      columns.add(
          switch (field.type().typeId()) {
            case LONG -> LongColumn.of(random.longs(rows).toArray());
            case DOUBLE -> DoubleColumn.of(random.doubles(rows).toArray(), null);
            case INTEGER -> IntColumn.of(random.ints(rows, 0, PARTITIONS).toArray());
            default -> DictionaryColumn.of(random.ints(rows, 0, 100).toArray(), texts, null);
          });
    }
    return RowBatch.of(schema, rows, columns);
  }
}

package dev.headwater.benchmarks;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnReadStore;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;

/**
 * Reading columns of the table that the peers read, two threads: by Headwater's reader, and by
 * parquet-mr's column readers into arrays. Every value is summed, as the peers do.
 */
final class Scan {
  private static final int THREADS = 2;
  private static final int BATCH = 8_192;

  private Scan() {}

  /** Arguments: ours or mr, the table's folder, 3 or 5 columns, repetitions. */
  public static void main(String[] args) throws Exception {
    Table table = new HadoopTables(new Configuration()).load(args[1]);
    Schema schema =
        args[2].equals("3") ? table.schema().select("date", "delay", "origin") : table.schema();
    for (int repetition = 1; repetition <= Integer.parseInt(args[3]); repetition++) {
      long start = System.nanoTime();
      long cpuStart = Local.cpuNanos();
      long[] sums = args[0].equals("ours") ? ours(table, schema) : mr(table, schema);
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpu = (Local.cpuNanos() - cpuStart) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "SCAN %s%s %d %.3f %.2f %d %d%n",
          args[0],
          args[2],
          repetition,
          seconds,
          cpu,
          sums[1],
          sums[0]);
    }
  }

  private static long[] together(List<Callable<long[]>> tasks) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      long[] total = new long[2];
      for (Future<long[]> part : pool.invokeAll(tasks)) {
        total[0] += part.get()[0];
        total[1] += part.get()[1];
      }
      return total;
    } finally {
      pool.shutdown();
    }
  }

  private static long[] ours(Table table, Schema schema) throws Exception {
    SnapshotRef snapshot =
        new SnapshotRef(
            TableRef.of("db", "flights"), table.uuid(), table.currentSnapshot().snapshotId());
    List<Callable<long[]>> tasks = new ArrayList<>();
    for (SplitGroup group : Splits.of(table, snapshot, null, 16L << 20, 2 * THREADS)) {
      tasks.add(
          () -> {
            long[] out = new long[2];
            try (CloseableIterator<RowBatch> batches = group.open(table, schema, null)) {
              while (batches.hasNext()) {
                RowBatch batch = batches.next();
                out[1] += batch.size();
                for (Column column : batch.columns()) {
                  out[0] += sum(column);
                }
              }
            }
            return out;
          });
    }
    return together(tasks);
  }

  private static long sum(Column column) {
    long out = 0;
    if (column instanceof LongColumn longs) {
      for (long value : longs.values()) {
        out += value;
      }
    } else if (column instanceof DictionaryColumn texts) {
      int[] offsets = texts.dictionary().offsets();
      for (int code : texts.codes()) {
        out += offsets[code + 1] - offsets[code];
      }
    } else {
      throw new IllegalArgumentException(column.getClass().getSimpleName());
    }
    return out;
  }

  private static long[] mr(Table table, Schema schema) throws Exception {
    MessageType wanted = ParquetSchemaUtil.convert(schema, "table");
    List<Callable<long[]>> tasks = new ArrayList<>();
    table
        .newScan()
        .planFiles()
        .forEach(
            file -> tasks.add(() -> mr(table.io().newInputFile(file.file().location()), wanted)));
    return together(tasks);
  }

  private static long[] mr(InputFile file, MessageType wanted) throws IOException {
    long[] out = new long[2];
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.location());
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(path, new Configuration()),
            ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
      reader.setRequestedSchema(wanted);
      for (PageReadStore pages = reader.readNextRowGroup();
          pages != null;
          pages = reader.readNextRowGroup()) {
        ColumnReadStore columns =
            new ColumnReadStoreImpl(
                pages,
                new GroupRecordConverter(wanted).getRootConverter(),
                wanted,
                reader.getFileMetaData().getCreatedBy());
        out[1] += pages.getRowCount();
        for (var descriptor : wanted.getColumns()) {
          out[0] += mr(columns.getColumnReader(descriptor), pages.getRowCount(), descriptor);
        }
      }
    }
    return out;
  }

  /** Into arrays first, as a batch needs them. */
  private static long mr(
      ColumnReader column, long rows, org.apache.parquet.column.ColumnDescriptor descriptor) {
    boolean text = descriptor.getPrimitiveType().getPrimitiveTypeName().name().equals("BINARY");
    int most = descriptor.getMaxDefinitionLevel();
    long out = 0;
    long[] values = new long[BATCH];
    for (long done = 0; done < rows; ) {
      int n = (int) Math.min(BATCH, rows - done);
      for (int i = 0; i < n; i++) {
        boolean here = column.getCurrentDefinitionLevel() == most;
        values[i] = !here ? 0 : text ? column.getBinary().length() : column.getLong();
        column.consume();
      }
      for (int i = 0; i < n; i++) {
        out += values[i];
      }
      done += n;
    }
    return out;
  }
}

package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Column;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types;

/**
 * Rows of partitions that have no open file: on the worker's disk, in a folder of their own below
 * {@code java.io.tmpdir}, until they are written partition by partition. In each they keep their
 * order. One thread; memory is about three times the buffer, whatever the rows and partitions.
 */
final class SpilledRows implements AutoCloseable {
  private final Schema schema;
  private final Path folder;
  private final Spill spill;
  private final SpillWriter writer;

  SpilledRows(Table table, long bufferBytes) {
    this.schema = table.schema();
    try {
      this.folder = Files.createTempDirectory("headwater-partitions");
    } catch (IOException e) {
      throw failed(e);
    }
    this.spill = Spill.in(folder.toString(), table.io());
    this.writer = new SpillWriter(spill, 0, RunOrder.by(), bufferBytes, UnaryOperator.identity());
  }

  /** Takes rows; row i is of partition {@code numbers[i]}. */
  void accept(RowBatch batch, int[] numbers) {
    writer.accept(asTable(batch), numbers);
  }

  /** The runs of each partition, in the order in which their rows came. */
  Map<Integer, List<RunRef>> finish() {
    Map<Integer, List<RunRef>> out = new TreeMap<>();
    for (RunRef run : writer.finish()) {
      out.computeIfAbsent(run.shard(), p -> new ArrayList<>()).add(run);
    }
    return out;
  }

  RunReader read(RunRef run) {
    return new RunReader(spill, run);
  }

  /**
   * Batches of several sources meet here: those with ints for longs are widened. What a batch has
   * besides the table's columns stays with its rows.
   */
  private RowBatch asTable(RowBatch batch) {
    Column[] columns = batch.columns().toArray(Column[]::new);
    List<Types.NestedField> fields = new ArrayList<>(schema.columns());
    int own = fields.size();
    fields.addAll(batch.schema().columns().subList(own, columns.length));
    for (int i = 0; i < own; i++) {
      boolean wide = schema.columns().get(i).type().typeId() == TypeID.LONG;
      if (wide && columns[i] instanceof IntColumn c) {
        columns[i] = LongColumn.of(Arrays.stream(c.values()).asLongStream().toArray(), c.nulls());
      }
    }
    return RowBatch.of(own == columns.length ? schema : new Schema(fields), batch.size(), columns);
  }

  @Override
  public void close() {
    writer.close();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static HeadwaterException failed(IOException e) {
    return new HeadwaterException(
        Kind.UNREACHABLE,
        "Cannot keep rows of many partitions in "
            + System.getProperty("java.io.tmpdir")
            + ": "
            + e.getMessage()
            + ".",
        "free space there, or name another folder with -Djava.io.tmpdir, and run again.",
        e);
  }
}

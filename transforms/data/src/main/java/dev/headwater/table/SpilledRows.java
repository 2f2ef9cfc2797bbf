package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunReader;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.SpillWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Table;

/**
 * Rows of partitions that have no open file: on the worker's disk, in a folder of their own below
 * {@code java.io.tmpdir}, until they are written partition by partition. In each they keep their
 * order. One thread; memory is about three times the buffer, whatever the rows and partitions.
 */
final class SpilledRows implements AutoCloseable {
  private final TableColumns columns;
  private final WorkerDisk disk;
  private final SpillWriter writer;

  SpilledRows(Table table, long bufferBytes) {
    this.columns = new TableColumns(table.schema());
    this.disk = WorkerDisk.open(table.io());
    this.writer =
        new SpillWriter(disk.spill(), 0, RunOrder.by(), bufferBytes, UnaryOperator.identity());
  }

  /** Takes rows; row i is of partition {@code numbers[i]}. */
  void accept(RowBatch batch, int[] numbers) {
    writer.accept(columns.widened(batch), numbers);
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
    return new RunReader(disk.spill(), run);
  }

  @Override
  public void close() {
    writer.close();
    disk.close();
  }
}

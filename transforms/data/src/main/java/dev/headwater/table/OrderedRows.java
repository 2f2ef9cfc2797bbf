package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.SpillWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;

/**
 * Rows on their way into the table's sort order: sorted runs on the worker's disk, merged when all
 * are there. One thread; memory is about three times the buffer, whatever the rows.
 */
final class OrderedRows implements AutoCloseable {
  private final String[] names;
  private final OrderKey key;
  private final RunOrder order;
  private final TableColumns columns;
  private final WorkerDisk disk;
  private final SpillWriter writer;

  OrderedRows(Table table, long bufferBytes) {
    this.names =
        table.schema().columns().stream().map(Types.NestedField::name).toArray(String[]::new);
    this.key = new OrderKey(table.schema(), table.sortOrder());
    this.order = RunOrder.by(names.length);
    this.columns = new TableColumns(table.schema());
    this.disk = WorkerDisk.open(table.io());
    this.writer = new SpillWriter(disk.spill(), 0, order, bufferBytes, UnaryOperator.identity());
  }

  void accept(RowBatch batch) {
    RowBatch rows = columns.widened(batch);
    writer.accept(rows.with(OrderKey.FIELD, key.of(rows)), new int[rows.size()]);
  }

  /** All rows, in order. */
  void drain(MergedRows.To to) throws IOException {
    List<RunRef> runs = new ArrayList<>(writer.finish());
    try (RunMerge merge = RunMerge.open(disk.spill(), runs, order)) {
      MergedRows.drain(merge, batch -> to.accept(batch.select(names)));
    }
  }

  @Override
  public void close() {
    writer.close();
    disk.close();
  }
}

package dev.headwater.table;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.SortKey;
import dev.headwater.sort.SpillWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SortOrderUtil;
import org.jspecify.annotations.Nullable;

/**
 * Rows on their way to the one writer of their partition: runs by shard, sorted by partition, and
 * then in the table's order where it has one. One thread; memory is about three times the buffer.
 */
final class PartitionRuns implements AutoCloseable {
  private final Distribution how;
  private final TableColumns columns;
  private final OrderKey partition;
  private final @Nullable OrderKey order;
  private final SpillWriter writer;
  private long rows;

  PartitionRuns(Table table, Distribution how, long bufferBytes) {
    this.how = how;
    this.columns = new TableColumns(table.schema());
    this.partition =
        new OrderKey(
            table.schema(),
            SortOrderUtil.buildSortOrder(table.schema(), table.spec(), SortOrder.unsorted()));
    this.order =
        table.sortOrder().isSorted() ? new OrderKey(table.schema(), table.sortOrder()) : null;
    this.writer =
        new SpillWriter(
            how.spill(), 0, Distribution.order(table), bufferBytes, UnaryOperator.identity());
  }

  /** Takes fitted rows; row i is of the writer's partition {@code numbers[i]}. */
  void accept(RowBatch batch, int[] numbers) {
    RowBatch own = columns.widened(batch);
    int[] codes = new int[numbers.length];
    BytesColumn keys = keys(own, numbers, codes);
    long[] hashes = SortKey.hashes(keys);
    int[] shards = new int[numbers.length];
    for (int row = 0; row < shards.length; row++) {
      shards[row] = SortKey.shard(hashes[codes[row]], how.shards());
    }
    RowBatch keyed = own.with(Distribution.PARTITION, DictionaryColumn.of(codes, keys, null));
    writer.accept(order == null ? keyed : keyed.with(OrderKey.FIELD, order.of(own)), shards);
    rows += numbers.length;
  }

  /** The key of each partition in the batch, and each row's place among them. */
  private BytesColumn keys(RowBatch batch, int[] numbers, int[] codes) {
    Map<Integer, Integer> places = new HashMap<>();
    int[] first = new int[numbers.length];
    for (int row = 0; row < numbers.length; row++) {
      Integer known = places.putIfAbsent(numbers[row], places.size());
      if (known == null) {
        first[places.size() - 1] = row;
      }
      codes[row] = known == null ? places.size() - 1 : known;
    }
    return partition.of(batch.gather(Arrays.copyOf(first, places.size())));
  }

  /** Rows accepted so far. */
  long rows() {
    return rows;
  }

  List<RunRef> finish() {
    return writer.finish();
  }

  @Override
  public void close() {
    writer.close();
  }
}

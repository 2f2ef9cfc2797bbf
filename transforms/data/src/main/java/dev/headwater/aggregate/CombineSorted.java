package dev.headwater.aggregate;

import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Makes one row of neighbours with the same key and time, their numbers combined. */
public final class CombineSorted implements UnaryOperator<RowBatch> {
  private final List<Lane> lanes;

  public CombineSorted(List<Lane> lanes) {
    this.lanes = lanes;
  }

  @Override
  public RowBatch apply(RowBatch batch) {
    int n = batch.size();
    Column keys = batch.column(KeyedRows.KEY);
    long[] times = ((LongColumn) batch.column(KeyedRows.TIME)).values();
    long[][] in = new long[lanes.size()][];
    long[][] out = new long[lanes.size()][];
    for (int i = 0; i < in.length; i++) {
      in[i] = ((LongColumn) batch.column(KeyedRows.FIRST_LANE + i)).values();
      out[i] = new long[n];
    }
    int[] kept = new int[n];
    int rows = 0;
    for (int row = 0; row < n; row++) {
      boolean same = rows > 0 && times[row] == times[row - 1] && sameKey(keys, row - 1, row);
      if (same && combine(in, row, out, rows - 1)) {
        continue;
      }
      for (int i = 0; i < in.length; i++) {
        out[i][rows] = in[i][row];
      }
      kept[rows++] = row;
    }
    if (rows == n) {
      return batch;
    }
    int[] at = Arrays.copyOf(kept, rows);
    List<Column> columns = new ArrayList<>();
    columns.add(keys.gather(at));
    columns.add(batch.column(KeyedRows.TIME).gather(at));
    for (long[] lane : out) {
      columns.add(LongColumn.of(Arrays.copyOf(lane, rows)));
    }
    return RowBatch.of(batch.schema(), rows, columns);
  }

  private boolean combine(long[][] in, int row, long[][] out, int into) {
    long[] both = new long[in.length];
    try {
      for (int i = 0; i < in.length; i++) {
        both[i] = lanes.get(i).combine(out[i][into], in[i][row]);
      }
    } catch (ArithmeticException tooLarge) {
      // They stay two events; the windows add them in 128 bits.
      return false;
    }
    for (int i = 0; i < in.length; i++) {
      out[i][into] = both[i];
    }
    return true;
  }

  private static boolean sameKey(Column keys, int a, int b) {
    return keys instanceof DictionaryColumn d
        ? d.codes()[a] == d.codes()[b]
        : RunOrder.compareBytes(keys, a, keys, b) == 0;
  }
}

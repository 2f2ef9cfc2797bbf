package dev.headwater.sort;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.BytesInterner;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import java.util.Arrays;

/**
 * What sorted runs are sorted by: columns of longs (signed) and of bytes (unsigned), by their
 * positions, the first one first. They hold no nulls.
 */
public final class RunOrder implements Serializable {
  private static final long serialVersionUID = 1;
  private final int[] columns;

  private RunOrder(int[] columns) {
    this.columns = columns;
  }

  public static RunOrder by(int... columns) {
    return new RunOrder(columns.clone());
  }

  /** Whether row {@code i} of {@code a} comes before (negative), with or after row {@code j}. */
  public int compare(RowBatch a, int i, RowBatch b, int j) {
    for (int column : columns) {
      Column left = a.column(column);
      Column right = b.column(column);
      int c =
          left instanceof LongColumn l
              ? Long.compare(l.values()[i], ((LongColumn) right).values()[j])
              : compareBytes(left, i, right, j);
      if (c != 0) {
        return c;
      }
    }
    return 0;
  }

  /** The rows in order, by shard first. */
  int[] sort(RowBatch batch, int[] shards) {
    RadixOrder order = new RadixOrder(batch.size());
    for (int i = columns.length - 1; i >= 0; i--) {
      order.by(codes(batch.column(columns[i])));
    }
    order.by(Arrays.stream(shards).asLongStream().toArray());
    return order.rows();
  }

  /** Compares bytes without a sign, of columns with or without dictionaries. */
  public static int compareBytes(Column a, int i, Column b, int j) {
    BytesColumn left = bytes(a);
    BytesColumn right = bytes(b);
    int l = a instanceof DictionaryColumn d ? d.codes()[i] : i;
    int r = b instanceof DictionaryColumn d ? d.codes()[j] : j;
    return Arrays.compareUnsigned(
        left.data(),
        left.offsets()[l],
        left.offsets()[l + 1],
        right.data(),
        right.offsets()[r],
        right.offsets()[r + 1]);
  }

  private static BytesColumn bytes(Column column) {
    return column instanceof DictionaryColumn d ? d.dictionary() : (BytesColumn) column;
  }

  private static long[] codes(Column column) {
    if (column instanceof LongColumn c) {
      return c.values();
    }
    if (column instanceof DictionaryColumn c) {
      return ranks(c.dictionary(), c.codes());
    }
    BytesColumn c = (BytesColumn) column;
    BytesInterner values = new BytesInterner();
    int[] ids = new int[c.size()];
    for (int row = 0; row < ids.length; row++) {
      ids[row] = values.intern(c.data(), c.offsets()[row], c.offsets()[row + 1]);
    }
    return ranks(values.values(), ids);
  }

  private static long[] ranks(BytesColumn values, int[] ids) {
    Integer[] sorted = new Integer[values.size()];
    Arrays.setAll(sorted, i -> i);
    Arrays.sort(sorted, (a, b) -> compareBytes(values, a, values, b));
    int[] rank = new int[sorted.length];
    for (int i = 0; i < sorted.length; i++) {
      rank[sorted[i]] = i;
    }
    long[] out = new long[ids.length];
    for (int row = 0; row < out.length; row++) {
      out[row] = rank[ids[row]];
    }
    return out;
  }
}

package dev.headwater.derive;

import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import dev.headwater.table.BatchSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Pairs of rows of two sides, gathered column by column, some thousands at a time. */
final class PairGather {
  private static final int PAIRS = 1 << 14;
  private static final long BYTES = 64L << 20;

  private final Schema schema;
  private final Side left;
  private final Side right;
  private final BatchSink<?> sink;
  private int size;

  PairGather(JoinSide left, JoinSide right, Schema schema, BatchSink<?> sink) {
    this.schema = schema;
    this.left = new Side(left);
    this.right = new Side(right);
    this.sink = sink;
  }

  /** Takes a pair; a side that is Java's null has no row in it. */
  void add(@Nullable RowBatch l, int lRow, @Nullable RowBatch r, int rRow) throws IOException {
    left.put(size, l, lRow);
    right.put(size, r, rRow);
    size++;
    if (size == PAIRS || left.bytes + right.bytes > BYTES) {
      flush();
    }
  }

  /** Gives on what is left. */
  void flush() throws IOException {
    for (int from = 0; from < size; from += RowBatch.MAX_ROWS) {
      int to = Math.min(size, from + RowBatch.MAX_ROWS);
      List<Column> columns = new ArrayList<>();
      left.gather(from, to, columns);
      right.gather(from, to, columns);
      sink.accept(RowBatch.of(schema, to - from, columns));
    }
    left.clear();
    right.clear();
    size = 0;
  }

  private static final class Side {
    private final int width;
    private final RowBatch nothing;
    private final IdentityHashMap<RowBatch, Integer> first = new IdentityHashMap<>();
    private final List<RowBatch> batches = new ArrayList<>();
    private final int[] rows = new int[PAIRS];
    private @Nullable RowBatch all;
    private int total;
    private long bytes;

    Side(JoinSide side) {
      this.width = side.width();
      this.nothing = side.nothing();
    }

    void put(int at, @Nullable RowBatch batch, int row) {
      RowBatch of = batch == null ? nothing : batch;
      Integer begin = first.get(of);
      if (begin == null) {
        begin = total;
        first.put(of, begin);
        batches.add(of);
        total += of.size();
        bytes += of.bytes();
      }
      rows[at] = begin + (batch == null ? 0 : row);
    }

    void gather(int from, int to, List<Column> into) {
      if (all == null) {
        all = RowBatches.concat(batches);
      }
      int[] at = Arrays.copyOfRange(rows, from, to);
      for (int i = 0; i < width; i++) {
        into.add(all.column(JoinSide.FIRST + i).gather(at));
      }
    }

    void clear() {
      first.clear();
      batches.clear();
      all = null;
      total = 0;
      bytes = 0;
    }
  }
}

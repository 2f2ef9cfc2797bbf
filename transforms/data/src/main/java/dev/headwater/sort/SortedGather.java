package dev.headwater.sort;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/** Single rows of many batches, gathered in the order they come, given on in larger batches. */
public final class SortedGather {
  private static final int ROWS = 1 << 14;
  private static final long BYTES = 32L << 20;

  /** Takes what was gathered. */
  public interface To {
    void accept(RowBatch batch) throws IOException;
  }

  private final To to;
  private final IdentityHashMap<RowBatch, Integer> places = new IdentityHashMap<>();
  private final List<RowBatch> batches = new ArrayList<>();
  private final List<Integer> first = new ArrayList<>();
  private int[] of = new int[ROWS];
  private int[] rows = new int[ROWS];
  private int size;
  private int total;
  private long bytes;
  private long given;

  public SortedGather(To to) {
    this.to = to;
  }

  /** Takes a row; the batch may not change until it is given on. */
  public void add(RowBatch batch, int row) throws IOException {
    Integer place = places.get(batch);
    if (place == null) {
      place = batches.size();
      places.put(batch, place);
      batches.add(batch);
      first.add(total);
      total += batch.size();
      bytes += batch.bytes();
    }
    of[size] = place;
    rows[size++] = row;
    if (size == ROWS || bytes > BYTES) {
      flush();
    }
  }

  /** Rows that were given on. */
  public long rows() {
    return given;
  }

  /** Gives on what is left. */
  public void flush() throws IOException {
    if (size == 0) {
      return;
    }
    int[] at = new int[size];
    for (int i = 0; i < size; i++) {
      at[i] = first.get(of[i]) + rows[i];
    }
    RowBatch all = RowBatches.concat(batches);
    given += size;
    places.clear();
    batches.clear();
    first.clear();
    size = 0;
    total = 0;
    bytes = 0;
    for (int from = 0; from < at.length; from += RowBatch.MAX_ROWS) {
      to.accept(
          all.gather(Arrays.copyOfRange(at, from, Math.min(at.length, from + RowBatch.MAX_ROWS))));
    }
  }
}

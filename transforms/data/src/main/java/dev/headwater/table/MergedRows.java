package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import dev.headwater.sort.RunMerge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Ranges of a merge gathered to one batch, in their order: one slice of each batch that they are
 * of, then one permutation, however short the ranges are.
 */
public final class MergedRows {
  /** Takes what was gathered. */
  public interface To {
    void accept(RowBatch batch) throws IOException;
  }

  private final IdentityHashMap<RowBatch, Integer> places = new IdentityHashMap<>();
  private final List<RowBatch> batches = new ArrayList<>();
  private final List<int[]> spans = new ArrayList<>();
  private final List<int[]> ranges = new ArrayList<>();
  private int size;

  private MergedRows() {}

  /** All that is left of a merge, in batches worth working on. */
  public static void drain(RunMerge merge, To to) throws IOException {
    MergedRows rows = new MergedRows();
    while (merge.next()) {
      rows.add(merge.batch(), merge.from(), merge.to());
      if (rows.size >= RowBatch.MAX_ROWS) {
        to.accept(rows.take());
      }
    }
    if (rows.size > 0) {
      to.accept(rows.take());
    }
  }

  /** Rows of a batch; a batch's ranges follow each other. */
  private void add(RowBatch batch, int from, int to) {
    Integer place = places.putIfAbsent(batch, batches.size());
    if (place == null) {
      place = batches.size();
      batches.add(batch);
      spans.add(new int[] {from, to});
    } else {
      spans.get(place)[1] = to;
    }
    ranges.add(new int[] {place, from, to});
    size += to - from;
  }

  /** All rows so far, and begins anew. */
  private RowBatch take() {
    List<RowBatch> slices = new ArrayList<>();
    int[] offsets = new int[batches.size()];
    int total = 0;
    for (int i = 0; i < offsets.length; i++) {
      int[] span = spans.get(i);
      slices.add(batches.get(i).slice(span[0], span[1]));
      offsets[i] = total - span[0];
      total += span[1] - span[0];
    }
    RowBatch all = RowBatches.concat(slices);
    int[] rows = new int[size];
    int at = 0;
    for (int[] range : ranges) {
      for (int row = range[1]; row < range[2]; row++) {
        rows[at++] = offsets[range[0]] + row;
      }
    }
    places.clear();
    batches.clear();
    spans.clear();
    ranges.clear();
    size = 0;
    return slices.size() == 1 ? all : all.gather(rows);
  }
}

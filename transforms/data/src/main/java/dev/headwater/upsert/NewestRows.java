package dev.headwater.upsert;

import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunCursor;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.RunWriter;
import dev.headwater.sort.SortKey;
import dev.headwater.sort.SortedGather;
import dev.headwater.sort.Spill;
import java.io.IOException;
import java.util.List;

/**
 * Of the rows of an interval, which is the last of each key. Memory is that of a merge and of a
 * filter of the keys, at most 32 MiB.
 *
 * @param newest runs of a {@link KeyLog}, a row for each key
 * @param older runs of it, in no order: rows that another of the same key came after
 * @param filter of the keys' hashes
 * @param removals how many of the newest only remove
 */
record NewestRows(
    List<RunRef> newest, List<RunRef> older, KeyFilter filter, KeyBounds bounds, long removals) {
  private static final long FILTER_BYTES = 32L << 20;

  /**
   * Goes through a log.
   *
   * @param from where the log lies
   * @param to where to write, on this machine
   */
  static NewestRows of(KeyLog log, KeyBounds bounds, List<RunRef> runs, Spill from, Spill to)
      throws IOException {
    long rows = runs.stream().mapToLong(RunRef::rows).sum();
    KeyFilter filter = KeyFilter.of(rows, FILTER_BYTES);
    RunOrder byKey = RunOrder.by(KeyLog.KEY);
    long[] removals = new long[1];
    try (RunCursor in = new RunCursor(RunMerge.open(from, runs, KeyLog.SORTED));
        RunWriter newest = new RunWriter(to, 0);
        RunWriter older = new RunWriter(to, 0)) {
      SortedGather last =
          new SortedGather(
              batch -> {
                for (long hash : SortKey.hashes(batch.column(KeyLog.KEY))) {
                  filter.add(hash);
                }
                bounds.add(batch);
                newest.write(0, batch);
              });
      SortedGather before =
          new SortedGather(
              batch -> {
                older.write(0, batch);
              });
      boolean more = in.next();
      while (more) {
        RowBatch batch = in.batch();
        int row = in.row();
        more = in.next();
        boolean removal = KeyLog.position(batch, row) < 0;
        if (!more || byKey.compare(batch, row, in.batch(), in.row()) != 0) {
          last.add(batch, row);
          removals[0] += removal ? 1 : 0;
        } else if (!removal) {
          before.add(batch, row);
        }
      }
      last.flush();
      before.flush();
      return new NewestRows(newest.finish(), older.finish(), filter, bounds, removals[0]);
    }
  }
}

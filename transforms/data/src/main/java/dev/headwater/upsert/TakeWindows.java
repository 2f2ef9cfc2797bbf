package dev.headwater.upsert;

import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.CommitTable;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PartitioningWindowFn;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Rows of a source that take the place of what others wrote of the same windows of event time: the
 * first commit with rows of a window takes out all that the table has of it, later ones come beside
 * them. Which windows a sink has taken over stands in its snapshots ({@link TakenWindows}), so it
 * holds across restarts without state, and however the rows are cut into commits.
 */
public final class TakeWindows implements Serializable {
  private static final long serialVersionUID = 1;

  private final EventTime time;
  private final PartitioningWindowFn<Object, IntervalWindow> windows;
  private final long remembered;

  private TakeWindows(
      EventTime time, PartitioningWindowFn<Object, IntervalWindow> windows, long remembered) {
    this.time = time;
    this.windows = windows;
    this.remembered = remembered;
  }

  /**
   * Windows of a column.
   *
   * @param table its name, for who reads errors
   * @param column a timestamp or a date, never null
   * @param remembered rows of a window that is not taken over and ended longer than this before the
   *     newest that came are added, and replace nothing: a stray late row takes no month away
   * @throws dev.headwater.catalog.HeadwaterException USAGE if the column can't be used for it
   */
  public static TakeWindows of(
      String table,
      Schema schema,
      String column,
      PartitioningWindowFn<Object, IntervalWindow> windows,
      Duration remembered) {
    return new TakeWindows(EventTime.of(table, schema, column), windows, remembered.getMillis());
  }

  /** Notes the windows of rows, from start to end. */
  public void note(RowBatch rows, Map<Long, Long> into) {
    IntervalWindow last = null;
    for (long at : time.of(rows)) {
      if (last == null || at < last.start().getMillis() || at >= last.end().getMillis()) {
        last = windows.assignWindow(Instant.ofEpochMilli(at));
        into.put(last.start().getMillis(), last.end().getMillis());
      }
    }
  }

  /** The rows that no later one takes the place of: the sink has taken their windows over. */
  public Bits kept(Table table, String sink, RowBatch rows) {
    TakenWindows taken = TakenWindows.of(table, sink);
    long[] times = time.of(rows);
    long[] words = new long[Bits.words(times.length)];
    for (int row = 0; row < times.length; row++) {
      IntervalWindow of = windows.assignWindow(Instant.ofEpochMilli(times[row]));
      boolean kept = taken.keeps(of.start().getMillis(), of.end().getMillis());
      words[row >>> 6] |= kept ? 1L << row : 0;
    }
    return Bits.of(words, times.length);
  }

  /**
   * A commit that takes windows over.
   *
   * @param commit of rows of these windows; the change is an append
   * @param table as it is; the commit must not come upon another one of the sink's
   * @param folder of the table's data, for delete files
   */
  public CommitTable over(
      CommitTable commit, Table table, String sink, Map<Long, Long> came, String folder) {
    TakenWindows taken = TakenWindows.of(table, sink);
    TreeMap<Long, Long> fresh = taken.fresh(came);
    CommitTable said =
        commit
            .summary(taken.with(came, remembered).summary())
            .summary(Map.of(SummaryKeys.FACT + "windows_replaced", Integer.toString(fresh.size())));
    return fresh.isEmpty()
        ? said
        : said.by(new ReplaceRows(time.within(TakenWindows.joined(fresh)), folder));
  }
}

package dev.headwater.features;

import dev.headwater.aggregate.KeyedRows;
import dev.headwater.aggregate.Lane;
import dev.headwater.aggregate.ResultColumn;
import dev.headwater.aggregate.WindowState;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.BytesInterner;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.Micros;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.BatchSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One pass over a shard's points and events, both sorted by key and time: at each point all windows
 * of all values, then a row to the sink. Each event enters and leaves each window once.
 */
final class Sweep {
  /** Events of one key in memory; what exceeds it waits in a file. */
  private static final long TAPE_BYTES = 64L << 20;

  private final FeatureQuery query;
  private final BatchSink<?> sink;
  private final List<Lane> lanes;
  private final boolean combines;
  private final List<SlidingWindow> windows = new ArrayList<>();
  private final List<ResultColumn> results = new ArrayList<>();
  private final int values;
  private long[] times = new long[RowBatch.MAX_ROWS];
  private int[] codes = new int[RowBatch.MAX_ROWS];
  private BytesInterner keys = new BytesInterner();
  private int rows;
  private long points;
  private long repeated;

  Sweep(FeatureQuery query, BatchSink<?> sink) {
    this.query = query;
    this.sink = sink;
    this.lanes = query.lanes();
    this.combines = query.combines();
    List<List<WindowState>> states = query.windows();
    this.values = states.get(0).size();
    for (int w = 0; w < states.size(); w++) {
      windows.add(new SlidingWindow(query.view().windows().get(w), states.get(w)));
    }
    int first = query.view().keys().size() + 1;
    for (int i = first; i < query.schema().columns().size(); i++) {
      results.add(new ResultColumn(query.schema().columns().get(i).type()));
    }
  }

  /** The distinct points that were swept. */
  long points() {
    return points;
  }

  /** Rows that ask for a point that another row asked for. */
  long repeated() {
    return repeated;
  }

  void run(KeyedRows asked, KeyedRows events) throws IOException {
    long longest = query.view().longest();
    try (Tape tape = new Tape(lanes.size(), TAPE_BYTES)) {
      boolean here = false;
      int code = 0;
      long last = 0;
      for (; !asked.done(); asked.advance()) {
        long time = asked.time();
        long asks = longs(asked.batch(), KeyedRows.FIRST_LANE)[asked.row()];
        if (asked.keyChanged()) {
          tape.clear();
          windows.forEach(SlidingWindow::clear);
          here = find(events, asked);
          code = code(asked);
        } else if (time == last) {
          repeated += asks;
          continue;
        }
        repeated += asks - 1;
        last = time;
        long fresh = tape.end();
        if (here) {
          here = pull(tape, events, time, longest);
        }
        long oldest = Long.MAX_VALUE;
        for (SlidingWindow window : windows) {
          window.slide(tape, fresh, time);
          oldest = Math.min(oldest, window.head());
        }
        tape.trim(oldest);
        if (emit(code, time)) {
          code = code(asked);
        }
      }
      flush();
    }
  }

  /** Moves the events on to the asked key; false if it has none. */
  private static boolean find(KeyedRows events, KeyedRows asked) {
    while (!events.done()) {
      int c = events.compareKey(asked);
      if (c >= 0) {
        return c == 0;
      }
      do {
        events.advance();
      } while (!events.done() && !events.keyChanged());
    }
    return false;
  }

  /** Puts what is known before {@code time} on the tape; false after the key's last event. */
  private boolean pull(Tape tape, KeyedRows events, long time, long longest) {
    long start = time - longest > time ? Long.MIN_VALUE : time - longest;
    long fresh = tape.end();
    while (events.time() < time) {
      if (events.time() >= start) {
        put(tape, events, fresh);
      }
      events.advance();
      if (events.done() || events.keyChanged()) {
        return false;
      }
    }
    return true;
  }

  private void put(Tape tape, KeyedRows events, long fresh) {
    if (combines && tape.end() > fresh) {
      Tape.Chunk chunk = tape.chunk(tape.end() - 1);
      int index = (int) (tape.end() - 1) & (Tape.CHUNK - 1);
      if (chunk.times[index] == events.time() && combine(chunk, index, events)) {
        return;
      }
    }
    int index = (int) tape.end() & (Tape.CHUNK - 1);
    Tape.Chunk chunk = tape.append(events.time());
    for (int i = 0; i < chunk.lanes.length; i++) {
      chunk.lanes[i][index] = longs(events.batch(), KeyedRows.FIRST_LANE + i)[events.row()];
    }
  }

  private boolean combine(Tape.Chunk chunk, int index, KeyedRows events) {
    long[] sums = new long[chunk.lanes.length];
    try {
      for (int i = 0; i < sums.length; i++) {
        long more = longs(events.batch(), KeyedRows.FIRST_LANE + i)[events.row()];
        sums[i] = lanes.get(i).combine(chunk.lanes[i][index], more);
      }
    } catch (ArithmeticException tooLarge) {
      // The two stay two events; the windows add them in 128 bits.
      return false;
    }
    for (int i = 0; i < sums.length; i++) {
      chunk.lanes[i][index] = sums[i];
    }
    return true;
  }

  private int code(KeyedRows asked) {
    Column column = asked.keys();
    BytesColumn bytes =
        column instanceof DictionaryColumn d ? d.dictionary() : (BytesColumn) column;
    int at = column instanceof DictionaryColumn d ? d.codes()[asked.row()] : asked.row();
    return keys.intern(bytes.data(), bytes.offsets()[at], bytes.offsets()[at + 1]);
  }

  /** True if the batch was full and went away, the keys' codes with it. */
  private boolean emit(int code, long time) throws IOException {
    codes[rows] = code;
    times[rows] = time;
    for (int v = 0; v < values; v++) {
      for (int w = 0; w < windows.size(); w++) {
        windows.get(w).states().get(v).emit(results.get(v * windows.size() + w), rows);
      }
    }
    rows++;
    points++;
    if (rows < RowBatch.MAX_ROWS) {
      return false;
    }
    flush();
    return true;
  }

  private void flush() throws IOException {
    if (rows == 0) {
      return;
    }
    List<Column> columns =
        new ArrayList<>(
            query
                .keys()
                .decode(DictionaryColumn.of(Arrays.copyOf(codes, rows), keys.values(), null)));
    columns.add(
        Micros.column(Arrays.copyOf(times, rows), query.schema().findType(query.view().time())));
    for (ResultColumn result : results) {
      columns.add(result.build(rows));
    }
    sink.accept(RowBatch.of(query.schema(), rows, columns));
    rows = 0;
    keys = new BytesInterner();
  }

  private static long[] longs(RowBatch batch, int column) {
    return ((LongColumn) batch.column(column)).values();
  }
}

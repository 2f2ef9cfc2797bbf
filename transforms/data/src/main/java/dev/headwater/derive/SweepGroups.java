package dev.headwater.derive;

import dev.headwater.aggregate.KeyedRows;
import dev.headwater.aggregate.ResultColumn;
import dev.headwater.aggregate.WindowState;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.BytesInterner;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.table.BatchSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One pass over a shard's rows, sorted by key: each group's row to the sink. One thread. */
final class SweepGroups {
  private final GroupQuery query;
  private final BatchSink<?> sink;
  private final List<WindowState> states;
  private final List<ResultColumn> results = new ArrayList<>();
  private int[] codes = new int[RowBatch.MAX_ROWS];
  private BytesInterner keys = new BytesInterner();
  private int groups;
  private long read;
  private long given;

  SweepGroups(GroupQuery query, BatchSink<?> sink) {
    this.query = query;
    this.sink = sink;
    this.states = query.aggregation().totals();
    query.groups().aggregates().forEach(a -> results.add(new ResultColumn(a.type())));
  }

  /** Gives on each group's row; how many rows are in none of them. */
  @SuppressWarnings("ReferenceEquality") // a range's batch stays the same object
  long run(KeyedRows rows) throws IOException {
    @Nullable RowBatch batch = null;
    long[][] lanes = new long[0][];
    for (long number = 0; !rows.done(); number++) {
      if (rows.keyChanged()) {
        if (number > 0) {
          emit();
        }
        codes[groups] = code(rows);
      }
      if (batch != rows.batch()) {
        batch = rows.batch();
        lanes = lanes(batch);
      }
      int row = rows.row();
      for (WindowState state : states) {
        state.add(lanes, row, row + 1, number);
      }
      read += lanes[query.rows()][row];
      rows.advance();
      if (rows.done()) {
        emit();
      }
    }
    flush();
    // A group of no rows has a row all the same.
    return Math.max(0, read - given);
  }

  private long[][] lanes(RowBatch batch) {
    long[][] lanes = new long[query.aggregation().lanes().size()][];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = ((LongColumn) batch.column(KeyedRows.FIRST_LANE + i)).values();
    }
    return lanes;
  }

  private int code(KeyedRows rows) {
    Column column = rows.keys();
    BytesColumn bytes =
        column instanceof DictionaryColumn d ? d.dictionary() : (BytesColumn) column;
    int at = column instanceof DictionaryColumn d ? d.codes()[rows.row()] : rows.row();
    return keys.intern(bytes.data(), bytes.offsets()[at], bytes.offsets()[at + 1]);
  }

  private void emit() throws IOException {
    for (int i = 0; i < results.size(); i++) {
      states.get(i).emit(results.get(i), groups);
      states.get(i).clear();
    }
    groups++;
    if (groups == RowBatch.MAX_ROWS) {
      flush();
    }
  }

  private void flush() throws IOException {
    if (groups == 0) {
      return;
    }
    List<Column> columns =
        new ArrayList<>(
            query
                .keys()
                .decode(DictionaryColumn.of(Arrays.copyOf(codes, groups), keys.values(), null)));
    for (ResultColumn result : results) {
      columns.add(result.build(groups));
    }
    RowBatch all = RowBatch.of(query.groups().schema(), groups, columns);
    Expression having = query.groups().having();
    RowBatch kept = having == null ? all : all.filter(having.select(all));
    groups = 0;
    keys = new BytesInterner();
    if (kept.size() > 0) {
      given += kept.size();
      sink.accept(query.selection().computed(kept));
    }
  }
}

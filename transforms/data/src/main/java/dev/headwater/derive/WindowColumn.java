package dev.headwater.derive;

import dev.headwater.aggregate.Aggregation;
import dev.headwater.aggregate.ResultColumn;
import dev.headwater.aggregate.WindowState;
import dev.headwater.columns.Column;
import dev.headwater.columns.Columns;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.WindowCall;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** One function of the rows around each, over sorted rows of whole partitions. */
final class WindowColumn implements Serializable {
  private static final long serialVersionUID = 1;

  private final WindowCall call;
  private final @Nullable Aggregation aggregation;

  /**
   * @param target the table that is made, for messages
   * @throws dev.headwater.catalog.HeadwaterException USAGE if it aggregates what can't be kept
   */
  WindowColumn(String target, WindowCall call) {
    this.call = call;
    this.aggregation =
        call.aggregate() == null
            ? null
            : new Aggregation("Table " + target, List.of(call.aggregate()));
  }

  /** The value for each row. */
  Column of(RowBatch rows, WindowPlaces at) {
    int[] begin = at.begin();
    int[] end = at.end();
    return switch (call.function()) {
      case ROW_NUMBER -> longs(at, row -> row - begin[row] + 1L);
      case RANK -> longs(at, row -> at.peersBegin()[row] - begin[row] + 1L);
      case DENSE_RANK -> dense(at);
      case NTILE -> longs(at, row -> part(row - begin[row], end[row] - begin[row]));
      case PERCENT_RANK ->
          doubles(
              at,
              row ->
                  end[row] - begin[row] == 1
                      ? 0
                      : (double) (at.peersBegin()[row] - begin[row]) / (end[row] - begin[row] - 1));
      case CUME_DIST ->
          doubles(at, row -> (double) (at.peersEnd()[row] - begin[row]) / (end[row] - begin[row]));
      case LAG -> values(rows, row -> row - call.number() >= begin[row] ? row - away() : -1);
      case LEAD -> values(rows, row -> row + call.number() < end[row] ? row + away() : -1);
      case FIRST_VALUE -> values(rows, row -> within(row, at, at.from(row, call.frame())));
      case LAST_VALUE -> values(rows, row -> within(row, at, at.to(row, call.frame()) - 1));
      case NTH_VALUE ->
          values(rows, row -> within(row, at, at.from(row, call.frame()) + call.number() - 1));
      case AGGREGATE -> aggregated(rows, at);
    };
  }

  private int away() {
    return (int) Math.min(Integer.MAX_VALUE, call.number());
  }

  private int within(int row, WindowPlaces at, long place) {
    return place >= at.from(row, call.frame()) && place < at.to(row, call.frame())
        ? (int) place
        : -1;
  }

  /** Which of so many parts, the first ones one greater where it does not come out even. */
  private long part(long row, long size) {
    long least = size / call.number();
    long greater = size % call.number();
    long until = greater * (least + 1);
    return row < until ? row / (least + 1) + 1 : greater + (row - until) / Math.max(1, least) + 1;
  }

  private static Column longs(WindowPlaces at, IntToLongFunction value) {
    return LongColumn.of(IntStream.range(0, at.size()).mapToLong(value).toArray());
  }

  private static Column doubles(WindowPlaces at, IntToDoubleFunction value) {
    return DoubleColumn.of(IntStream.range(0, at.size()).mapToDouble(value).toArray());
  }

  private static Column dense(WindowPlaces at) {
    long[] out = new long[at.size()];
    for (int row = 0; row < out.length; row++) {
      out[row] = at.begin()[row] == row ? 1 : out[row - 1] + (at.peersBegin()[row] == row ? 1 : 0);
    }
    return LongColumn.of(out);
  }

  /** The argument's value of another row; -1 is none. */
  private Column values(RowBatch rows, IntUnaryOperator from) {
    Expression argument = Objects.requireNonNull(call.argument(), "a function with an argument");
    Column column = argument.evaluate(rows);
    Column instead =
        call.otherwise() == null
            ? new RowBatchBuilder(
                    new Schema(Types.NestedField.optional(1, "none", argument.type())))
                .append(new Object[1])
                .build()
                .column(0)
            : call.otherwise().evaluate(rows);
    int n = rows.size();
    int[] places = new int[n];
    for (int row = 0; row < n; row++) {
      int place = from.applyAsInt(row);
      places[row] = place >= 0 ? place : call.otherwise() == null ? n : n + row;
    }
    return Columns.concat(List.of(column, instead)).gather(places);
  }

  private Column aggregated(RowBatch rows, WindowPlaces at) {
    Aggregation all = Objects.requireNonNull(aggregation, "an aggregate");
    long[][] lanes = new long[all.lanes().size()][];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = all.lanes().get(i).of(rows);
    }
    WindowState state = all.windows().get(0);
    ResultColumn result = new ResultColumn(call.type());
    List<Column> out = new ArrayList<>();
    int low = 0;
    int high = 0;
    int filled = 0;
    for (int row = 0; row < at.size(); row++) {
      if (at.begin()[row] == row) {
        state.clear();
        low = row;
        high = row;
      }
      int from = at.from(row, call.frame());
      int to = at.to(row, call.frame());
      if (to > high) {
        state.add(lanes, high, to, high);
        high = to;
      }
      if (from > low) {
        state.remove(lanes, low, from, from);
        low = from;
      }
      state.emit(result, filled++);
      if (filled == RowBatch.MAX_ROWS) {
        out.add(result.build(filled));
        filled = 0;
      }
    }
    if (filled > 0 || out.isEmpty()) {
      out.add(result.build(filled));
    }
    return Columns.concat(out);
  }
}

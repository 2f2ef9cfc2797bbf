package dev.headwater.features;

import dev.headwater.aggregate.CombineSorted;
import dev.headwater.aggregate.KeyedRows;
import dev.headwater.aggregate.Lane;
import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.Micros;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.sort.SpillWriter;
import dev.headwater.table.BatchSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Splits a group's rows into points and events, and spills both to their shards. */
final class SpillFeatures implements BatchSink<Spilled> {
  static final int POINTS = 0;
  static final int EVENTS = 1;
  static final RunOrder ORDER = RunOrder.by(KeyedRows.KEY, KeyedRows.TIME);

  private static final long BUFFER_BYTES = 24L << 20;
  private static final Lane ASKED = Lane.ROWS;

  private final FeatureQuery query;
  private final Shards shards;
  private final List<String> keys;
  private final String time;
  private final @Nullable Expression where;
  private final boolean hasEvents;
  private final SpillWriter points;
  private final SpillWriter events;
  private final Schema pointSchema;
  private final Schema eventSchema;
  private long in;
  private long unasked;
  private long pointless;
  private long neverKnown;

  private SpillFeatures(
      FeatureQuery query,
      Shards shards,
      Spill spill,
      List<String> keys,
      String time,
      @Nullable Expression where,
      boolean hasEvents) {
    this.query = query;
    this.shards = shards;
    this.keys = keys;
    this.time = time;
    this.where = where;
    this.hasEvents = hasEvents;
    this.pointSchema = schema(1);
    this.eventSchema = schema(query.lanes().size());
    this.points =
        new SpillWriter(spill, POINTS, ORDER, BUFFER_BYTES, new CombineSorted(List.of(ASKED)));
    UnaryOperator<RowBatch> combine =
        query.combines() ? new CombineSorted(query.lanes()) : UnaryOperator.identity();
    this.events = new SpillWriter(spill, EVENTS, ORDER, BUFFER_BYTES, combine);
  }

  /** The view's own source: each row is a point and, once known, an event. */
  static Factory<Spilled> source(FeatureQuery query, Shards shards, Spill spill) {
    return () ->
        new SpillFeatures(
            query, shards, spill, query.view().keys(), query.view().time(), null, true);
  }

  /** A spine: its rows that are asked for are points. */
  static Factory<Spilled> spine(
      FeatureQuery query,
      Shards shards,
      Spill spill,
      List<String> keys,
      String time,
      @Nullable Expression where) {
    ArrayList<String> columns = new ArrayList<>(keys);
    return () -> new SpillFeatures(query, shards, spill, columns, time, where, false);
  }

  @Override
  public void accept(RowBatch all) {
    in += all.size();
    RowBatch batch = where == null ? all : all.filter(where.select(all));
    unasked += all.size() - batch.size();
    int[] at = keys.stream().mapToInt(batch::index).toArray();
    DictionaryColumn key = query.keys().encode(batch, at);
    Column times = batch.column(time);
    Bits whole = present(key, times);
    RowBatch rows = batch;
    if (whole != null) {
      int[] kept = whole.positions();
      pointless += batch.size() - kept.length;
      rows = batch.gather(kept);
      key = key.gather(kept);
      times = times.gather(kept);
    }
    if (rows.size() == 0) {
      return;
    }
    long[] micros = Micros.of(times);
    points.accept(
        RowBatch.of(
            pointSchema, rows.size(), key, LongColumn.of(micros), LongColumn.of(ASKED.of(rows))),
        shards.ofPoints(key, micros));
    if (hasEvents) {
      spillEvents(rows, key, times);
    }
  }

  private void spillEvents(RowBatch rows, DictionaryColumn keysOfRows, Column times) {
    Expression known = query.known();
    Column knownTimes = known == null ? times : known.evaluate(rows);
    RowBatch batch = rows;
    DictionaryColumn key = keysOfRows;
    Bits nulls = knownTimes.nulls();
    if (nulls != null) {
      int[] kept = nulls.not().positions();
      neverKnown += rows.size() - kept.length;
      batch = rows.gather(kept);
      key = key.gather(kept);
      knownTimes = knownTimes.gather(kept);
    }
    long[] micros = Micros.of(knownTimes);
    Column[] columns = new Column[KeyedRows.FIRST_LANE + query.lanes().size()];
    columns[KeyedRows.KEY] = key;
    columns[KeyedRows.TIME] = LongColumn.of(micros);
    for (int i = 0; i < query.lanes().size(); i++) {
      columns[KeyedRows.FIRST_LANE + i] = LongColumn.of(query.lanes().get(i).of(batch));
    }
    RowBatch out = RowBatch.of(eventSchema, batch.size(), columns);
    int[] first = shards.firstOfEvents(key, micros);
    int[] last = shards.lastOfEvents(key, micros);
    events.accept(out, first);
    halo(out, first, last);
  }

  /** Events go to each further shard up to their last. */
  private void halo(RowBatch batch, int[] first, int[] last) {
    for (int further = 1; ; further++) {
      int n = 0;
      int[] rows = new int[first.length];
      int[] to = new int[first.length];
      for (int i = 0; i < first.length; i++) {
        if (first[i] + further <= last[i]) {
          to[n] = first[i] + further;
          rows[n++] = i;
        }
      }
      if (n == 0) {
        return;
      }
      events.accept(batch.gather(Arrays.copyOf(rows, n)), Arrays.copyOf(to, n));
    }
  }

  @Override
  public List<Spilled> finish() {
    List<RunRef> runs = new ArrayList<>(points.finish());
    runs.addAll(events.finish());
    return List.of(new Spilled(runs, in, unasked, pointless, neverKnown));
  }

  @Override
  public void close() {
    points.close();
    events.close();
  }

  /** The rows with a key and a time; Java's null for all. */
  private static @Nullable Bits present(DictionaryColumn key, Column times) {
    Bits none = key.nulls();
    Bits untimed = times.nulls();
    if (none == null) {
      return untimed == null ? null : untimed.not();
    }
    return untimed == null ? none.not() : none.or(untimed).not();
  }

  private static Schema schema(int lanes) {
    List<Types.NestedField> fields = new ArrayList<>();
    fields.add(Types.NestedField.required(1, "key", Types.BinaryType.get()));
    fields.add(Types.NestedField.required(2, "time", Types.LongType.get()));
    for (int i = 0; i < lanes; i++) {
      fields.add(Types.NestedField.required(3 + i, "lane" + i, Types.LongType.get()));
    }
    return new Schema(fields);
  }
}

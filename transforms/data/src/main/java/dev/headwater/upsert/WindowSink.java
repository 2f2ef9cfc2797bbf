package dev.headwater.upsert;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Selection;
import dev.headwater.table.BatchSink;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.FittingTable;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PartitioningWindowFn;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.joda.time.Instant;

/**
 * A bundle's rows into files by windows of their event time. One thread; at most {@value #OPEN}
 * windows are written at a time, a further one ends the files of the one that was longest without a
 * row.
 */
final class WindowSink implements BatchSink<WindowPart> {
  private static final int OPEN = 8;

  /** Where rows go. */
  record Spec(
      FittingTable into,
      String sink,
      String run,
      EventTime time,
      PartitioningWindowFn<Object, IntervalWindow> windows)
      implements Factory<WindowPart>, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public WindowSink open() {
      return new WindowSink(this);
    }
  }

  private final Spec spec;
  private final Map<IntervalWindow, BatchWriter> open = new LinkedHashMap<>(16, 0.75f, true);
  private final List<WindowPart> done = new ArrayList<>();
  private Table table;

  private WindowSink(Spec spec) {
    this.spec = spec;
    this.table = spec.into().table();
  }

  @Override
  public void accept(RowBatch given) throws IOException {
    RowBatch batch = spec.into().named(given);
    Table fit = spec.into().with(batch);
    if (!fit.schema().sameSchema(table.schema())) {
      endAll();
      table = fit;
    }
    long[] times = spec.time().of(batch);
    Map<IntervalWindow, Selection> rows = new TreeMap<>();
    IntervalWindow last = null;
    Selection own = new Selection();
    for (int row = 0; row < times.length; row++) {
      Instant at = Instant.ofEpochMilli(times[row]);
      if (last == null || at.isBefore(last.start()) || !at.isBefore(last.end())) {
        last = spec.windows().assignWindow(at);
        own = rows.computeIfAbsent(last, window -> new Selection());
      }
      own.add(row);
    }
    for (Map.Entry<IntervalWindow, Selection> part : rows.entrySet()) {
      writer(part.getKey()).accept(part.getValue().of(batch));
    }
  }

  private BatchWriter writer(IntervalWindow window) throws IOException {
    BatchWriter writer = open.get(window);
    if (writer == null) {
      if (open.size() == OPEN) {
        end(open.keySet().iterator().next());
      }
      writer = BatchWriter.open(table, spec.sink(), spec.run()).sorting().sketching();
      open.put(window, writer);
    }
    return writer;
  }

  private void end(IntervalWindow window) throws IOException {
    try (BatchWriter writer = open.remove(window)) {
      if (writer != null) {
        List<DataFile> files = writer.finish();
        done.add(
            new WindowPart(
                window.start().getMillis(),
                window.end().getMillis(),
                files,
                writer.rows(),
                writer.sketch()));
      }
    }
  }

  @Override
  public List<WindowPart> finish() throws IOException {
    endAll();
    return done;
  }

  private void endAll() throws IOException {
    for (IntervalWindow window : List.copyOf(open.keySet())) {
      end(window);
    }
  }

  @Override
  public void close() {
    open.values().forEach(BatchWriter::close);
    open.clear();
  }
}

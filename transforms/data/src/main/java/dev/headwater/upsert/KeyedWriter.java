package dev.headwater.upsert;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sketch.TableSketch;
import dev.headwater.sort.Spill;
import dev.headwater.sort.SpillWriter;
import dev.headwater.table.BatchSink;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.FittingTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A bundle of upserts and removals into data files and the log of their keys. One thread; memory is
 * that of a {@link BatchWriter} and some 50 MiB.
 */
public final class KeyedWriter implements BatchSink<Keyed> {
  private static final long BUFFER_BYTES = 16L << 20;

  private final KeyLog log;
  private final @Nullable String deletes;
  private final boolean stored;
  private final FittingTable into;
  private final String sink;
  private final String run;
  private final SpillWriter runs;
  private final List<DataFile> done = new ArrayList<>();
  private final TableSketch sketch = new TableSketch();
  private Table table;
  private BatchWriter files;
  private long place;
  private long rows;

  /**
   * A writer of one bundle.
   *
   * @param deletes the column of the batches that says which rows only remove; null: none do
   * @param place the first row's place in the stream; the others' follow
   */
  KeyedWriter(
      FittingTable into,
      KeyLog log,
      @Nullable String deletes,
      String sink,
      String run,
      Spill spill,
      long place) {
    this.log = log;
    this.deletes = deletes;
    this.into = into;
    this.table = into.table();
    this.sink = sink;
    this.run = run;
    this.stored = deletes != null && table.schema().asStruct().field(deletes) != null;
    this.place = place;
    this.runs = new SpillWriter(spill, 0, KeyLog.SORTED, BUFFER_BYTES, UnaryOperator.identity());
    this.files = open();
  }

  private BatchWriter open() {
    return BatchWriter.open(table, sink, run).sketching().placing(this::wrote);
  }

  /**
   * Takes rows.
   *
   * @throws HeadwaterException DATA if a key is null
   */
  @Override
  public void accept(RowBatch batch) throws IOException {
    if (batch.size() == 0) {
      return;
    }
    long[] at = new long[batch.size()];
    Arrays.setAll(at, i -> place + i);
    place += at.length;
    rows += at.length;
    RowBatch named = into.named(batch);
    if (deletes == null) {
      write(named, LongColumn.of(at));
      return;
    }
    Bits gone = gone(batch.column(deletes), at.length);
    RowBatch own = stored ? named : without(named, deletes);
    RowBatch removals = own.filter(gone);
    if (removals.size() > 0) {
      LongColumn places = LongColumn.of(at).gather(gone.positions());
      runs.accept(log.of(removals, places, "", 0), new int[removals.size()]);
    }
    Bits come = gone.not();
    write(own.filter(come), LongColumn.of(at).gather(come.positions()));
  }

  private void write(RowBatch rows, LongColumn places) throws IOException {
    if (rows.size() == 0) {
      return;
    }
    Table fit = into.with(rows);
    if (!fit.schema().sameSchema(table.schema())) {
      end();
      table = fit;
      files = open();
    }
    files.accept(rows.with(KeyLog.PLACES, places));
  }

  private void end() throws IOException {
    try (BatchWriter ended = files) {
      done.addAll(ended.finish());
      sketch.merge(ended.sketch());
    }
  }

  /**
   * As {@link #accept(RowBatch)}.
   *
   * @param first the first row's place in the stream, of which the last one of a key counts
   */
  public void accept(RowBatch batch, long first) throws IOException {
    place = first;
    accept(batch);
  }

  /** The place after the last row's. */
  long place() {
    return place;
  }

  @Override
  public List<Keyed> finish() throws IOException {
    end();
    return rows == 0 ? List.of() : List.of(new Keyed(done, runs.finish(), rows, sketch));
  }

  private void wrote(String path, long first, RowBatch batch, Column places) {
    runs.accept(log.of(batch, places, path, first), new int[batch.size()]);
  }

  private static Bits gone(Column column, int size) {
    long[] words = Bits.none(size).words();
    boolean[] values = ((BooleanColumn) column).values();
    Bits nulls = column.nulls();
    for (int row = 0; row < size; row++) {
      if (values[row] && (nulls == null || !nulls.get(row))) {
        words[row >>> 6] |= 1L << row;
      }
    }
    return Bits.of(words, size);
  }

  private static RowBatch without(RowBatch batch, String column) {
    return batch.select(
        batch.schema().columns().stream()
            .map(Types.NestedField::name)
            .filter(name -> !name.equals(column))
            .toArray(String[]::new));
  }

  @Override
  public void close() {
    files.close();
    runs.close();
  }
}

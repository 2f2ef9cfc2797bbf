package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunRef;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Rows that no file holds as they are: good ones into a table's files, bad ones to its letters. */
public final class CheckedWriter implements BatchSink<Written> {
  private final Counter rowsKept;
  private final Counter rowsLetters;
  private final Into into;
  private final BatchWriter good;
  private final @Nullable BatchWriter bad;
  private final LetterWatch watch;
  private @Nullable RowCheck check;
  private long in;
  private long left;

  /**
   * Where rows go, and what they must pass.
   *
   * @param stage the stage's word; counters {@code rows_kept} and {@code rows_letters} are its
   * @param table the table, or a serializable copy of it
   * @param sink the stable name of what writes
   * @param run the run's id
   * @param from what the letters say that the rows are from
   * @param letters where bad rows go; null: all are good
   * @param check which they are; null: all are good
   * @param watch stops work that makes too many letters
   * @param meet rows of a partition meet in one writer; null: each writes files of its own
   */
  public record Into(
      String stage,
      Table table,
      String sink,
      String run,
      String from,
      @Nullable Table letters,
      RowCheck.@Nullable Factory check,
      LetterWatch.Factory watch,
      @Nullable Distribution meet)
      implements Serializable {}

  private CheckedWriter(Into into) {
    this.into = into;
    this.rowsKept = Metrics.counter(into.stage, "rows_kept");
    this.rowsLetters = Metrics.counter(into.stage, "rows_letters");
    this.good =
        BatchWriter.open(into.table, into.sink, into.run)
            .sorting()
            .sketching()
            .distributing(into.meet);
    this.bad = into.letters == null ? null : BatchWriter.open(into.letters, into.sink, into.run);
    this.watch = into.watch.open();
  }

  /** On a worker. */
  public static CheckedWriter open(Into into) {
    return new CheckedWriter(into);
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    in += batch.size();
    RowBatch kept = batch;
    if (into.check != null && bad != null) {
      if (check == null) {
        check = into.check.open(batch.schema());
      }
      RowCheck.Checked checked = check.check(batch, Origin.nowhere(into.from));
      kept = checked.good();
      RowBatch broken = checked.letters();
      if (broken != null) {
        toLetters(broken);
      }
    }
    watch.rows(batch.size());
    good.accept(kept);
    rowsKept.inc(kept.size());
  }

  /** Letters of rows that can't even be rows of the table; there must be a table for them. */
  public void letters(RowBatch letters) throws IOException {
    in += letters.size();
    toLetters(letters);
    watch.rows(letters.size());
  }

  private void toLetters(RowBatch letters) throws IOException {
    watch.letters(letters);
    Objects.requireNonNull(bad).accept(letters);
    rowsLetters.inc(letters.size());
  }

  /** Rows that came in, and are left out on purpose. */
  public void leftOut(long rows) {
    left += rows;
  }

  @Override
  public List<Written> finish() throws IOException {
    List<DataFile> files = good.finish();
    List<DataFile> letters = bad == null ? List.of() : bad.finish();
    long lettered = bad == null ? 0 : bad.rows();
    return List.of(
        new Written(files, letters, in + left, good.written(), lettered, left, Map.of())
            .sketch(good.sketch()));
  }

  /** The runs of rows that must meet others; called once, after {@link #finish}. */
  List<RunRef> runs() {
    return good.runs();
  }

  @Override
  public void close() {
    good.close();
    if (bad != null) {
      bad.close();
    }
  }
}

package dev.headwater.ingest;

import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunRef;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.Distribution;
import dev.headwater.table.LetterWatch;
import dev.headwater.table.Origin;
import dev.headwater.table.RowCheck;
import dev.headwater.table.Written;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Batches that come from a user's transform: checked and written, a file or more for each bundle.
 */
final class CheckWrite extends DoFn<RowBatch, Written> {
  private static final long serialVersionUID = 1;
  static final TupleTag<Written> WRITTEN = new TupleTag<>("written") {};
  static final TupleTag<RunRef> RUNS = new TupleTag<>("runs") {};

  private final Counter rowsKept = Metrics.counter(IngestFiles.STAGE, "rows_kept");
  private final Counter rowsLetters = Metrics.counter(IngestFiles.STAGE, "rows_letters");
  private final Table table;
  private final String sink;
  private final String run;
  private final String from;
  private final @Nullable Table letters;
  private final RowCheck.@Nullable Factory check;
  private final @Nullable Distribution meet;
  private final Gate gate;
  private transient @Nullable Bundle bundle;

  /**
   * @param from what the letters say that the rows are from
   */
  CheckWrite(
      Table table,
      String sink,
      String run,
      String from,
      @Nullable Table letters,
      RowCheck.@Nullable Factory check,
      @Nullable Distribution meet,
      Gate gate) {
    this.table = table;
    this.sink = sink;
    this.run = run;
    this.from = from;
    this.letters = letters;
    this.check = check;
    this.meet = meet;
    this.gate = gate;
  }

  /** What is open while a bundle goes on. */
  private static final class Bundle {
    final BatchWriter good;
    final @Nullable BatchWriter bad;
    final @Nullable RowCheck by;
    final LetterWatch watch;
    long in;
    long filtered;

    Bundle(BatchWriter good, @Nullable BatchWriter bad, @Nullable RowCheck by, LetterWatch watch) {
      this.good = good;
      this.bad = bad;
      this.by = by;
      this.watch = watch;
    }

    void close() {
      good.close();
      if (bad != null) {
        bad.close();
      }
    }
  }

  @ProcessElement
  public void process(@Element RowBatch batch) throws IOException {
    if (bundle == null) {
      bundle =
          new Bundle(
              BatchWriter.open(table, sink, run).sorting().sketching().distributing(meet),
              letters == null ? null : BatchWriter.open(letters, sink, run),
              check == null ? null : check.open(batch.schema()),
              gate.watch().open());
    }
    bundle.in += batch.size();
    RowBatch kept = batch;
    if (gate.only() != null) {
      kept = batch.filter(gate.only().select(batch));
      bundle.filtered += batch.size() - kept.size();
    }
    if (bundle.by != null && bundle.bad != null) {
      RowCheck.Checked checked = bundle.by.check(kept, Origin.nowhere(from));
      kept = checked.good();
      RowBatch broken = checked.letters();
      if (broken != null) {
        bundle.watch.letters(broken);
        bundle.bad.accept(broken);
        rowsLetters.inc(broken.size());
      }
    }
    bundle.watch.rows(batch.size());
    bundle.good.accept(kept);
    rowsKept.inc(kept.size());
  }

  @FinishBundle
  public void finish(FinishBundleContext out) throws IOException {
    if (bundle == null) {
      return;
    }
    BatchWriter good = bundle.good;
    BatchWriter bad = bundle.bad;
    List<DataFile> files = good.finish();
    List<DataFile> letterFiles = bad == null ? List.of() : bad.finish();
    long lettered = bad == null ? 0 : bad.rows();
    Written written =
        new Written(
                files, letterFiles, bundle.in, good.written(), lettered, bundle.filtered, Map.of())
            .sketch(good.sketch());
    List<RunRef> runs = good.runs();
    close();
    GlobalWindow window = GlobalWindow.INSTANCE;
    out.output(WRITTEN, written, window.maxTimestamp(), window);
    runs.forEach(each -> out.output(RUNS, each, window.maxTimestamp(), window));
  }

  /** Also after a failure: what was written then is an orphan. */
  @Teardown
  public void close() {
    if (bundle != null) {
      bundle.close();
      bundle = null;
    }
  }
}

package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.sort.RunRef;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/**
 * Batches that come from a user's transform: checked and written, a file or more for each bundle.
 */
public final class CheckWrite extends WorkFn<RowBatch, Written> {
  private static final long serialVersionUID = 1;
  public static final TupleTag<Written> WRITTEN = new TupleTag<>("written") {};
  public static final TupleTag<RunRef> RUNS = new TupleTag<>("runs") {};

  private final CheckedWriter.Into into;
  private final @Nullable Expression only;
  private transient @Nullable CheckedWriter bundle;

  /**
   * Writes batches of the global window.
   *
   * @param only rows for which this is not true are left out, and counted; null: none
   */
  public CheckWrite(CheckedWriter.Into into, @Nullable Expression only) {
    this.into = into;
    this.only = only;
  }

  @ProcessElement
  public void process(@Element RowBatch batch) throws IOException {
    if (bundle == null) {
      bundle = CheckedWriter.open(into);
    }
    RowBatch within = only == null ? batch : batch.filter(only.select(batch));
    bundle.leftOut(batch.size() - within.size());
    bundle.accept(within);
  }

  @FinishBundle
  public void finish(FinishBundleContext out) throws IOException {
    if (bundle == null) {
      return;
    }
    List<Written> written = bundle.finish();
    List<RunRef> runs = bundle.runs();
    close();
    GlobalWindow window = GlobalWindow.INSTANCE;
    written.forEach(each -> out.output(WRITTEN, each, window.maxTimestamp(), window));
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

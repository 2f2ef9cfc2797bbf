package dev.headwater.derive;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.SelectPlan;
import dev.headwater.table.BatchSink;
import dev.headwater.table.CheckedWriter;
import dev.headwater.table.Written;
import java.io.IOException;
import java.util.List;

/** Rows that a query chooses, each computed for itself. */
final class SelectSink implements BatchSink<Written> {
  private final SelectPlan selection;
  private final CheckedWriter writer;

  private SelectSink(SelectPlan selection, CheckedWriter writer) {
    this.selection = selection;
    this.writer = writer;
  }

  static Factory<Written> of(SelectPlan selection, CheckedWriter.Into into) {
    return () -> new SelectSink(selection, CheckedWriter.open(into));
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    RowBatch chosen = selection.chosen(batch);
    writer.leftOut(batch.size() - chosen.size());
    if (chosen.size() > 0) {
      writer.accept(selection.computed(chosen));
    }
  }

  @Override
  public List<Written> finish() throws IOException {
    return writer.finish();
  }

  @Override
  public void close() {
    writer.close();
  }
}

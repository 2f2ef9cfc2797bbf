package dev.headwater.runners;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/** A user's transform each of whose rows waits for the others that are awaited in this process. */
public final class Meeting extends PTransform<PCollection<Row>, PCollection<Row>> {
  private static final long serialVersionUID = 1;

  /** How many rows meet; null: none waits. */
  static volatile @Nullable CountDownLatch awaited;

  @Override
  public PCollection<Row> expand(PCollection<Row> rows) {
    return rows.apply("Meet", ParDo.of(new Meet())).setRowSchema(rows.getSchema());
  }

  private static final class Meet extends DoFn<Row, Row> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Row row, OutputReceiver<Row> out) throws Exception {
      CountDownLatch all = awaited;
      if (all != null) {
        all.countDown();
        if (!all.await(1, TimeUnit.MINUTES)) {
          throw new IllegalStateException("nobody came");
        }
      }
      out.output(row);
    }
  }
}

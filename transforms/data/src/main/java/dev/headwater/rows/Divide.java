package dev.headwater.rows;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import java.io.Serializable;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Batches into those that go on ({@link #GOOD}) and the rows that a step can't take ({@link
 * #FAILED}, as {@link FailedRows}). Bounded or unbounded; each batch keeps its timestamp, window
 * and pane.
 */
public final class Divide extends PTransform<PCollection<RowBatch>, PCollectionTuple> {
  private static final long serialVersionUID = 1;

  public static final TupleTag<RowBatch> GOOD = new TupleTag<>("good") {};
  public static final TupleTag<RowBatch> FAILED = new TupleTag<>("failed") {};

  /**
   * What a batch was divided into.
   *
   * @param failed as {@link FailedRows} has them; null where all rows are good
   */
  public record Divided(RowBatch good, @Nullable RowBatch failed) {}

  /** Divides batches. One thread. */
  @FunctionalInterface
  public interface Step {
    Divided of(RowBatch batch);
  }

  /** Opens a step on a worker. */
  @FunctionalInterface
  public interface Opening extends Serializable {
    Step open();
  }

  private final Opening step;

  private Divide(Opening step) {
    this.step = step;
  }

  public static Divide by(Opening step) {
    return new Divide(step);
  }

  /**
   * The batches that go on.
   *
   * @param handler gets the rows that fail; null: the first one fails its bundle
   */
  public static PCollection<RowBatch> good(
      PCollection<RowBatch> batches, Opening step, @Nullable ErrorHandler<BadRecord, ?> handler) {
    if (handler == null) {
      return batches.apply("Step", ParDo.of(new Strict(step))).setCoder(RowBatchCoder.of());
    }
    PCollectionTuple divided = batches.apply("Divide", by(step));
    handler.addErrorCollection(
        divided
            .get(FAILED)
            .apply("BadRecords", ParDo.of(new BadRecords()))
            .setCoder(BadRecord.getCoder(batches.getPipeline())));
    return divided.get(GOOD);
  }

  @Override
  public PCollectionTuple expand(PCollection<RowBatch> batches) {
    PCollectionTuple out =
        batches.apply(
            "Step", ParDo.of(new Dividing(step)).withOutputTags(GOOD, TupleTagList.of(FAILED)));
    out.get(GOOD).setCoder(RowBatchCoder.of());
    out.get(FAILED).setCoder(RowBatchCoder.of());
    return out;
  }

  private static final class Dividing extends DoFn<RowBatch, RowBatch> {
    private static final long serialVersionUID = 1;
    private final Opening opening;
    private transient @Nullable Step step;

    Dividing(Opening opening) {
      this.opening = opening;
    }

    @ProcessElement
    public void process(@Element RowBatch batch, MultiOutputReceiver out) {
      if (step == null) {
        step = opening.open();
      }
      Divided divided = step.of(batch);
      if (divided.good().size() > 0) {
        out.get(GOOD).output(divided.good());
      }
      if (divided.failed() != null) {
        out.get(FAILED).output(divided.failed());
      }
    }
  }

  private static final class Strict extends DoFn<RowBatch, RowBatch> {
    private static final long serialVersionUID = 1;
    private final Opening opening;
    private transient @Nullable Step step;

    Strict(Opening opening) {
      this.opening = opening;
    }

    @ProcessElement
    public void process(@Element RowBatch batch, OutputReceiver<RowBatch> out) {
      if (step == null) {
        step = opening.open();
      }
      Divided divided = step.of(batch);
      RowBatch failed = divided.failed();
      if (failed != null) {
        Object why = Values.of(failed.column("error_message"), Types.StringType.get(), 0);
        Object value = Values.of(failed.column("value"), Types.StringType.get(), 0);
        throw new HeadwaterException(
            HeadwaterException.Kind.DATA,
            "Cannot take a row: " + why + (value == null ? "" : ", it has '" + value + "'") + ".",
            "mend it, or send such rows elsewhere: withErrorHandler(...).");
      }
      out.output(divided.good());
    }
  }

  private static final class BadRecords extends DoFn<RowBatch, BadRecord> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element RowBatch failed, OutputReceiver<BadRecord> out) {
      FailedRows.badRecords(failed).forEach(out::output);
    }
  }
}

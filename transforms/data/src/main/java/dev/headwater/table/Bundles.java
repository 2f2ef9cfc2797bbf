package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a stream's writing: each bundle's batches go into a sink of their own, and what it
 * is finished into travels on when the bundle ends, in the global window, with the newest of its
 * batches' times. Unbounded. What a bundle that failed wrote is an orphan.
 *
 * @param <T> what a sink is finished into
 */
public final class Bundles<T> extends PTransform<PCollection<RowBatch>, PCollection<T>> {
  private static final long serialVersionUID = 1;
  private final BatchSink.Factory<T> sinks;
  private final Coder<T> coder;

  private Bundles(BatchSink.Factory<T> sinks, Coder<T> coder) {
    this.sinks = sinks;
    this.coder = coder;
  }

  public static <T> Bundles<T> into(BatchSink.Factory<T> sinks, Coder<T> coder) {
    return new Bundles<>(sinks, coder);
  }

  @Override
  public PCollection<T> expand(PCollection<RowBatch> batches) {
    return batches
        .apply("Global", Window.<RowBatch>into(new GlobalWindows()))
        .apply("Write", ParDo.of(new Write<>(sinks)))
        .setCoder(coder);
  }

  private static final class Write<T> extends DoFn<RowBatch, T> {
    private static final long serialVersionUID = 1;
    private final BatchSink.Factory<T> sinks;
    private transient @Nullable BatchSink<T> sink;
    private transient Instant newest = BoundedWindow.TIMESTAMP_MIN_VALUE;

    Write(BatchSink.Factory<T> sinks) {
      this.sinks = sinks;
    }

    @StartBundle
    public void start() throws IOException {
      abandon();
      newest = BoundedWindow.TIMESTAMP_MIN_VALUE;
    }

    @ProcessElement
    public void process(@Element RowBatch batch, @Timestamp Instant at) throws IOException {
      if (sink == null) {
        sink = sinks.open();
      }
      sink.accept(batch);
      newest = at.isAfter(newest) ? at : newest;
    }

    @FinishBundle
    public void finish(FinishBundleContext out) throws IOException {
      if (sink != null) {
        for (T part : sink.finish()) {
          out.output(part, newest, GlobalWindow.INSTANCE);
        }
        abandon();
      }
    }

    @Teardown
    @SuppressWarnings("EffectivelyPrivate") // Beam calls it
    public void abandon() throws IOException {
      if (sink != null) {
        sink.close();
        sink = null;
      }
    }
  }
}

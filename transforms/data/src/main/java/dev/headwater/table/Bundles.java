package dev.headwater.table;

import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
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
 * The shape of a stream's writing: each bundle's elements go into a sink of their own, and what it
 * is finished into travels on when the bundle ends, in the global window, with the newest of its
 * elements' times. Unbounded. What a bundle that failed wrote is an orphan.
 *
 * @param <E> the elements, batches as a rule
 * @param <T> what a sink is finished into
 */
public final class Bundles<E, T> extends PTransform<PCollection<E>, PCollection<T>> {
  private static final long serialVersionUID = 1;
  private final Sink.Factory<E, T> sinks;
  private final Coder<T> coder;

  private Bundles(Sink.Factory<E, T> sinks, Coder<T> coder) {
    this.sinks = sinks;
    this.coder = coder;
  }

  public static <E, T> Bundles<E, T> into(Sink.Factory<E, T> sinks, Coder<T> coder) {
    return new Bundles<>(sinks, coder);
  }

  @Override
  public PCollection<T> expand(PCollection<E> elements) {
    return elements
        .apply("Global", Window.<E>into(new GlobalWindows()))
        .apply("Write", ParDo.of(new Write<>(sinks)))
        .setCoder(coder);
  }

  private static final class Write<E, T> extends WorkFn<E, T> {
    private static final long serialVersionUID = 1;
    private final Sink.Factory<E, T> sinks;
    private transient @Nullable Sink<E, T> sink;
    private transient Instant newest = BoundedWindow.TIMESTAMP_MIN_VALUE;

    Write(Sink.Factory<E, T> sinks) {
      this.sinks = sinks;
    }

    @StartBundle
    public void start() throws IOException {
      abandon();
      newest = BoundedWindow.TIMESTAMP_MIN_VALUE;
    }

    @ProcessElement
    public void process(@Element E element, @Timestamp Instant at) throws IOException {
      if (sink == null) {
        sink = sinks.open();
      }
      sink.accept(element);
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

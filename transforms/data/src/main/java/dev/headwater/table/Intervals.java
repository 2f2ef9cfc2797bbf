package dev.headwater.table;

import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/** What bundles of a stream wrote, gathered for one commit an interval. */
public final class Intervals {
  private Intervals() {}

  /** All of a key that came within an interval, in processing time, after the first of it. */
  public static <K, T> PCollection<KV<K, Iterable<T>>> of(
      PCollection<KV<K, T>> parts, Duration interval) {
    return parts
        .apply(
            "Interval",
            // In any other window rows of a late file would be dropped with it.
            Window.<KV<K, T>>into(new GlobalWindows())
                .triggering(
                    Repeatedly.forever(
                        AfterProcessingTime.pastFirstElementInPane().plusDelayOf(interval)))
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes())
        .apply("Together", GroupByKey.create());
  }
}

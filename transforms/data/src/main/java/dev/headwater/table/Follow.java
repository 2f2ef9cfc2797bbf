package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Looks at a table again and again, and tells what its new snapshots brought. */
@DoFn.UnboundedPerElement
final class Follow extends WorkFn<byte[], FollowPlan.Piece> {
  private static final long serialVersionUID = 1;

  private final Poll poll;
  private final FollowPlan plan;
  private final FollowPlace first;
  private final Duration outOfOrder;

  Follow(
      CatalogConfig catalog,
      FollowPlan plan,
      FollowPlace first,
      Duration every,
      Duration outOfOrder) {
    this.poll = new Poll(catalog, every);
    this.plan = plan;
    this.first = first;
    this.outOfOrder = outOfOrder;
  }

  @GetInitialRestriction
  public FollowPlace first() {
    return first;
  }

  @GetRestrictionCoder
  public Coder<FollowPlace> placeCoder() {
    return SerializableCoder.of(FollowPlace.class);
  }

  @NewTracker
  public RestrictionTracker<FollowPlace, Long> tracker(@Restriction FollowPlace place) {
    return new Reached.Tracker<>(place);
  }

  @GetInitialWatermarkEstimatorState
  public Instant beginning() {
    return BoundedWindow.TIMESTAMP_MIN_VALUE;
  }

  @NewWatermarkEstimator
  public WatermarkEstimators.Manual watermark(@WatermarkEstimatorState Instant at) {
    return new WatermarkEstimators.Manual(at);
  }

  @ProcessElement
  public ProcessContinuation process(
      RestrictionTracker<FollowPlace, Long> tracker,
      ManualWatermarkEstimator<Instant> watermark,
      OutputReceiver<FollowPlan.Piece> out) {
    Table now = poll.ask(open -> open.load(plan.table().table()));
    if (now == null) {
      return poll.again();
    }
    FollowPlace place = tracker.currentRestriction();
    Long whole = place.whole();
    Long last = place.after();
    if (whole != null) {
      FollowPlan.Step step = plan.whole(now, whole);
      if (!tracker.tryClaim(whole)) {
        return ProcessContinuation.stop();
      }
      tell(step, now.snapshot(whole), watermark, out);
      last = whole;
    }
    List<Snapshot> next = plan.after(now, last);
    for (Snapshot snapshot : next) {
      FollowPlan.Step step = plan.step(now, snapshot);
      if (!tracker.tryClaim(snapshot.snapshotId())) {
        return ProcessContinuation.stop();
      }
      tell(step, snapshot, watermark, out);
    }
    if (next.isEmpty() && plan.time() == null) {
      raise(watermark, Instant.now());
    }
    return poll.again();
  }

  private void tell(
      FollowPlan.Step step,
      Snapshot snapshot,
      ManualWatermarkEstimator<Instant> watermark,
      OutputReceiver<FollowPlan.Piece> out) {
    Instant committed = Instant.ofEpochMilli(snapshot.timestampMillis());
    Long least = step.least();
    Long greatest = step.greatest();
    boolean byColumn = plan.time() != null;
    // Rows without a time are of any.
    Instant at =
        !byColumn ? committed : least == null ? watermark.currentWatermark() : bounded(least);
    step.pieces().forEach(piece -> out.outputWithTimestamp(piece, at));
    if (!byColumn) {
      raise(watermark, committed);
    } else if (greatest != null) {
      raise(watermark, bounded(greatest));
    }
  }

  private void raise(ManualWatermarkEstimator<Instant> watermark, Instant newest) {
    Instant next = bounded(newest.getMillis() - outOfOrder.getMillis());
    if (next.isAfter(watermark.currentWatermark())) {
      watermark.setWatermark(next);
    }
  }

  private static Instant bounded(long millis) {
    return Instant.ofEpochMilli(
        Math.max(
            BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis(),
            Math.min(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis() - 1, millis)));
  }

  @Teardown
  public void close() {
    poll.close();
  }
}

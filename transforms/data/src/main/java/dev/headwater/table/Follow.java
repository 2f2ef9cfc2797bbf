package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a table again and again, and tells what its new snapshots brought. */
@DoFn.UnboundedPerElement
final class Follow extends DoFn<byte[], FollowPlan.Piece> {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(Follow.class);
  private static final Duration LONGEST = Duration.standardMinutes(1);

  private final CatalogConfig catalog;
  private final FollowPlan plan;
  private final FollowPlace first;
  private final Duration every;
  private final Duration outOfOrder;
  private transient @Nullable TableCatalog open;
  private transient int failures;

  Follow(
      CatalogConfig catalog,
      FollowPlan plan,
      FollowPlace first,
      Duration every,
      Duration outOfOrder) {
    this.catalog = catalog;
    this.plan = plan;
    this.first = first;
    this.every = every;
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
    return new FollowPlace.Tracker(place);
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
    Table now;
    try {
      now = load();
      failures = 0;
    } catch (HeadwaterException e) {
      if (e.kind() != Kind.UNREACHABLE) {
        throw e;
      }
      close();
      long wait = Math.min(LONGEST.getMillis(), every.getMillis() << Math.min(10, failures++));
      LOG.warn("{} Asking again in {} ms.", e.getMessage(), wait);
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(wait));
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
    return ProcessContinuation.resume().withResumeDelay(every);
  }

  private Table load() {
    TableCatalog connected = open;
    if (connected == null) {
      connected = TableCatalog.open(catalog);
      open = connected;
    }
    return connected.load(plan.table().table());
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
    TableCatalog connected = open;
    open = null;
    if (connected != null) {
      connected.close();
    }
  }
}

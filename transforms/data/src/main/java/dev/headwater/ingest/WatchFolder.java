package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import java.io.Serializable;
import java.util.Objects;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a folder again and again, and tells which of its files the table lacks, a round at a
 * time: the next one when the table has moved on. Nothing else is remembered than upon which commit
 * of the table the last round was told.
 */
@DoFn.UnboundedPerElement
final class WatchFolder extends DoFn<byte[], Round.Piece> {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(WatchFolder.class);
  private static final Duration LONGEST = Duration.standardMinutes(1);

  /**
   * Where the watching is.
   *
   * @param told the commit upon which a round is on its way; null: none is
   * @param closed whether nothing of it is left
   */
  record Place(@Nullable String told, boolean closed) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  private final IngestFolder how;
  private transient @Nullable TableCatalog open;
  private transient @Nullable FolderLook look;
  private transient int failures;

  WatchFolder(IngestFolder how) {
    this.how = how;
  }

  @GetInitialRestriction
  public Place first() {
    return new Place(null, false);
  }

  @GetRestrictionCoder
  public Coder<Place> placeCoder() {
    return SerializableCoder.of(Place.class);
  }

  @NewTracker
  public RestrictionTracker<Place, String> tracker(@Restriction Place place) {
    return new Tracker(place);
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
      RestrictionTracker<Place, String> tracker,
      ManualWatermarkEstimator<Instant> watermark,
      OutputReceiver<Round.Piece> out) {
    FolderLook.Seen seen;
    try {
      seen = look(tracker.currentRestriction().told());
      failures = 0;
    } catch (HeadwaterException e) {
      if (e.kind() != Kind.UNREACHABLE) {
        throw e;
      }
      close();
      long most = LONGEST.getMillis();
      long wait = Math.min(most, how.every.getMillis() << Math.min(10, failures++));
      LOG.warn("{} Looking again in {} ms.", e.getMessage(), wait);
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(wait));
    }
    Instant now = Instant.now();
    Round round = seen.round();
    if (round != null) {
      if (!tracker.tryClaim(round.upon().seen())) {
        return ProcessContinuation.stop();
      }
      seen.pieces().forEach(piece -> out.outputWithTimestamp(piece, now));
    }
    if (now.isAfter(watermark.currentWatermark())) {
      watermark.setWatermark(now);
    }
    return ProcessContinuation.resume().withResumeDelay(how.every);
  }

  private FolderLook.Seen look(@Nullable String told) {
    TableCatalog connected = open;
    FolderLook looking = look;
    if (connected == null || looking == null) {
      connected = TableCatalog.open(how.catalog);
      open = connected;
      looking = new FolderLook(how);
      look = looking;
    }
    return looking.at(connected, told);
  }

  @Teardown
  public void close() {
    TableCatalog connected = open;
    open = null;
    if (connected != null) {
      connected.close();
    }
  }

  /** Claims commits upon which rounds are told. */
  private static final class Tracker extends RestrictionTracker<Place, String>
      implements RestrictionTracker.HasProgress {
    private Place place;

    Tracker(Place place) {
      this.place = place;
    }

    @Override
    public boolean tryClaim(String upon) {
      if (place.closed) {
        return false;
      }
      place = new Place(upon, false);
      return true;
    }

    @Override
    public Place currentRestriction() {
      return place;
    }

    /** What is left goes on from here, all of it. */
    @Override
    public @Nullable SplitResult<Place> trySplit(double fraction) {
      if (place.closed) {
        return null;
      }
      Place rest = place;
      place = new Place(rest.told, true);
      return SplitResult.of(place, rest);
    }

    @Override
    public void checkDone() {
      if (!place.closed) {
        throw new IllegalStateException("left off upon " + place.told);
      }
    }

    @Override
    public IsBounded isBounded() {
      return IsBounded.UNBOUNDED;
    }

    /** Nobody knows how many files will come. */
    @Override
    public Progress getProgress() {
      return Progress.from(0, 1);
    }

    @Override
    public String toString() {
      return Objects.toString(place);
    }
  }
}

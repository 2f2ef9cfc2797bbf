package dev.headwater.ingest;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.table.Poll;
import dev.headwater.table.Reached;
import dev.headwater.table.WorkFn;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a folder again and again, and tells which of its files the table lacks, a round at a
 * time: the next one when the table has moved on. Nothing else is remembered than upon which commit
 * of the table the last round was told.
 */
@DoFn.UnboundedPerElement
final class WatchFolder extends WorkFn<byte[], Round.Piece> {
  private static final long serialVersionUID = 1;

  /**
   * Where the watching is.
   *
   * @param told the commit upon which a round is on its way; null: none is
   * @param closed whether nothing of it is left
   */
  record Place(@Nullable String told, boolean closed) implements Reached<Place, String> {
    private static final long serialVersionUID = 1;

    @Override
    public Place behind(String upon) {
      return new Place(upon, false);
    }

    @Override
    public Place asClosed() {
      return new Place(told, true);
    }
  }

  private final IngestFolder how;
  private final Poll poll;
  private transient @Nullable FolderLook look;

  WatchFolder(IngestFolder how) {
    this.how = how;
    this.poll = new Poll(how.catalog, how.every);
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
      RestrictionTracker<Place, String> tracker,
      ManualWatermarkEstimator<Instant> watermark,
      OutputReceiver<Round.Piece> out) {
    FolderLook.Seen seen = poll.ask(open -> look(open, tracker.currentRestriction().told()));
    if (seen == null) {
      return poll.again();
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
    return poll.again();
  }

  private FolderLook.Seen look(TableCatalog open, @Nullable String told) {
    FolderLook looking = look;
    if (looking == null) {
      looking = new FolderLook(how);
      look = looking;
    }
    return looking.at(open, told);
  }

  @Teardown
  public void close() {
    poll.close();
  }
}

package dev.headwater.table;

import java.io.Serializable;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.jspecify.annotations.Nullable;

/**
 * How far something has been read that goes on for ever, one step after the other: there is no half
 * of what is left to give away.
 *
 * @param <P> the place that was reached
 * @param <S> a step
 */
public interface Reached<P extends Reached<P, S>, S> extends Serializable {
  /** Behind a step. */
  P behind(S step);

  /** Whether nothing is left behind it. */
  boolean closed();

  /** The same, with nothing left. */
  P asClosed();

  /** Claims steps in their order. */
  final class Tracker<P extends Reached<P, S>, S> extends RestrictionTracker<P, S>
      implements RestrictionTracker.HasProgress {
    private P place;

    public Tracker(P place) {
      this.place = place;
    }

    /** A step is about to be taken; false: it is somebody else's. */
    @Override
    public boolean tryClaim(S step) {
      if (place.closed()) {
        return false;
      }
      place = place.behind(step);
      return true;
    }

    @Override
    public P currentRestriction() {
      return place;
    }

    /** What is left goes on from here, all of it. */
    @Override
    public @Nullable SplitResult<P> trySplit(double fraction) {
      if (place.closed()) {
        return null;
      }
      P rest = place;
      place = rest.asClosed();
      return SplitResult.of(place, rest);
    }

    @Override
    public void checkDone() {
      if (!place.closed()) {
        throw new IllegalStateException("left off at " + place);
      }
    }

    @Override
    public IsBounded isBounded() {
      return IsBounded.UNBOUNDED;
    }

    /** Nobody knows how much will come. */
    @Override
    public Progress getProgress() {
      return Progress.from(0, 1);
    }

    @Override
    public String toString() {
      return place.toString();
    }
  }
}

package dev.headwater.table;

import java.io.Serializable;
import java.util.Objects;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.jspecify.annotations.Nullable;

/**
 * How far a table has been followed.
 *
 * @param after the newest snapshot that is done; null: none is
 * @param whole a snapshot all of whose rows are to be read first; null: none
 * @param closed whether nothing of it is left
 */
record FollowPlace(@Nullable Long after, @Nullable Long whole, boolean closed)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /** What comes after a snapshot; null: everything. */
  static FollowPlace after(@Nullable Long snapshot) {
    return new FollowPlace(snapshot, null, false);
  }

  /** A snapshot's rows, then what comes after it. */
  static FollowPlace whole(long snapshot) {
    return new FollowPlace(null, snapshot, false);
  }

  /** Claims snapshots in their order. */
  static final class Tracker extends RestrictionTracker<FollowPlace, Long>
      implements RestrictionTracker.HasProgress {
    private FollowPlace place;

    Tracker(FollowPlace place) {
      this.place = place;
    }

    /** A snapshot is about to be read; false: it is somebody else's. */
    @Override
    public boolean tryClaim(Long snapshot) {
      if (place.closed) {
        return false;
      }
      place = after(snapshot);
      return true;
    }

    @Override
    public FollowPlace currentRestriction() {
      return place;
    }

    /** What is left goes on from here, all of it; there is no half of it to give away. */
    @Override
    public @Nullable SplitResult<FollowPlace> trySplit(double fraction) {
      if (place.closed) {
        return null;
      }
      FollowPlace rest = place;
      place = new FollowPlace(rest.after, rest.whole, true);
      return SplitResult.of(place, rest);
    }

    @Override
    public void checkDone() {
      if (!place.closed) {
        throw new IllegalStateException("left off after snapshot " + place.after);
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
      return Objects.toString(place);
    }
  }
}

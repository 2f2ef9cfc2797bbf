package dev.headwater.table;

import org.jspecify.annotations.Nullable;

/**
 * How far a table has been followed.
 *
 * @param after the newest snapshot that is done; null: none is
 * @param whole a snapshot all of whose rows are to be read first; null: none
 * @param closed whether nothing of it is left
 */
record FollowPlace(@Nullable Long after, @Nullable Long whole, boolean closed)
    implements Reached<FollowPlace, Long> {
  private static final long serialVersionUID = 1;

  /** What comes after a snapshot; null: everything. */
  static FollowPlace after(@Nullable Long snapshot) {
    return new FollowPlace(snapshot, null, false);
  }

  /** A snapshot's rows, then what comes after it. */
  static FollowPlace whole(long snapshot) {
    return new FollowPlace(null, snapshot, false);
  }

  @Override
  public FollowPlace behind(Long snapshot) {
    return after(snapshot);
  }

  @Override
  public FollowPlace asClosed() {
    return new FollowPlace(after, whole, true);
  }
}

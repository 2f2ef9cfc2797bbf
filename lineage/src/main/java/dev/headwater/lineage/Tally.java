package dev.headwater.lineage;

import org.jspecify.annotations.Nullable;

/** How a delivery stands, for whoever asks while it goes on. */
final class Tally {
  private long delivered;
  private long settled;
  private boolean away;
  private Journal.@Nullable Counts left;

  synchronized void note(Journal.Counts now) {
    left = now;
  }

  /** An event was delivered, or else parked. */
  synchronized void settled(boolean taken) {
    away = false;
    settled++;
    delivered += taken ? 1 : 0;
    if (left != null) {
      left = new Journal.Counts(Math.max(0, left.pending() - 1), left.parked() + (taken ? 0 : 1));
    }
  }

  /** The destination did not take an event. */
  synchronized void away() {
    away = true;
  }

  synchronized long delivered() {
    return delivered;
  }

  synchronized long settled() {
    return settled;
  }

  /**
   * @param before how many were delivered before
   * @param problem null if nothing is left to do
   */
  synchronized FlushReport since(long before, @Nullable String problem) {
    return new FlushReport(
        delivered - before,
        left == null ? -1 : left.pending(),
        left == null ? -1 : left.parked(),
        problem,
        away);
  }
}

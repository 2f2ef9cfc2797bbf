package dev.headwater.derive;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.WindowCall.Frame;
import dev.headwater.sort.RunOrder;

/**
 * Where sorted rows are: of each row the first of its partition and the one after its last, and the
 * same of its peers, which the order does not tell apart.
 */
final class WindowPlaces {
  private final int[] begin;
  private final int[] end;
  private final int[] peersBegin;
  private final int[] peersEnd;

  private WindowPlaces(int rows) {
    this.begin = new int[rows];
    this.end = new int[rows];
    this.peersBegin = new int[rows];
    this.peersEnd = new int[rows];
  }

  static WindowPlaces of(RowBatch sorted, RunOrder partitions, RunOrder peers) {
    int n = sorted.size();
    WindowPlaces places = new WindowPlaces(n);
    for (int row = 0; row < n; row++) {
      boolean first = row == 0 || partitions.compare(sorted, row - 1, sorted, row) != 0;
      places.begin[row] = first ? row : places.begin[row - 1];
      boolean alone = first || peers.compare(sorted, row - 1, sorted, row) != 0;
      places.peersBegin[row] = alone ? row : places.peersBegin[row - 1];
    }
    for (int row = n - 1; row >= 0; row--) {
      boolean last = row == n - 1 || places.begin[row + 1] == row + 1;
      places.end[row] = last ? row + 1 : places.end[row + 1];
      boolean lastPeer = row == n - 1 || places.peersBegin[row + 1] == row + 1;
      places.peersEnd[row] = lastPeer ? row + 1 : places.peersEnd[row + 1];
    }
    return places;
  }

  int[] begin() {
    return begin;
  }

  int[] end() {
    return end;
  }

  int[] peersBegin() {
    return peersBegin;
  }

  int[] peersEnd() {
    return peersEnd;
  }

  int size() {
    return begin.length;
  }

  /** The first row of a row's frame. */
  int from(int row, Frame frame) {
    if (frame.from() == Frame.UNBOUNDED_PRECEDING) {
      return begin[row];
    }
    return frame.peers() ? peersBegin[row] : within(row, row + frame.from());
  }

  /** One after the last row of its frame; no less than the first. */
  int to(int row, Frame frame) {
    if (frame.to() == Frame.UNBOUNDED_FOLLOWING) {
      return end[row];
    }
    int to = frame.peers() ? peersEnd[row] : within(row, row + frame.to() + 1);
    return Math.max(to, from(row, frame));
  }

  private int within(int row, long place) {
    return (int) Math.max(begin[row], Math.min(end[row], place));
  }
}

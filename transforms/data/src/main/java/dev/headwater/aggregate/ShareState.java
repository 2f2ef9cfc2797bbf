package dev.headwater.aggregate;

/** How many of the conditions that are not null are true. */
final class ShareState implements WindowState {
  private final int countLane;
  private final int trueLane;
  private long count;
  private long trues;

  ShareState(int countLane, int trueLane) {
    this.countLane = countLane;
    this.trueLane = trueLane;
  }

  @Override
  public void add(long[][] lanes, int from, int to, long first) {
    for (int i = from; i < to; i++) {
      count += lanes[countLane][i];
      trues += lanes[trueLane][i];
    }
  }

  @Override
  public void remove(long[][] lanes, int from, int to, long stays) {
    for (int i = from; i < to; i++) {
      count -= lanes[countLane][i];
      trues -= lanes[trueLane][i];
    }
  }

  @Override
  public void emit(ResultColumn out, int row) {
    if (count == 0) {
      out.setNull(row);
    } else {
      out.set(row, (double) trues / (double) count);
    }
  }

  @Override
  public void clear() {
    count = 0;
    trues = 0;
  }
}

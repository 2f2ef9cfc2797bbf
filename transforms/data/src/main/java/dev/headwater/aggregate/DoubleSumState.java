package dev.headwater.aggregate;

/** The sum or the mean of doubles, exact until it is rounded once. */
final class DoubleSumState implements WindowState {
  private final boolean mean;
  private final int countLane;
  private final int bitsLane;
  private final ExactSum sum = new ExactSum();
  private long count;

  DoubleSumState(boolean mean, int countLane, int bitsLane) {
    this.mean = mean;
    this.countLane = countLane;
    this.bitsLane = bitsLane;
  }

  @Override
  public void add(long[][] lanes, int from, int to, long first) {
    for (int i = from; i < to; i++) {
      count += lanes[countLane][i];
      sum.add(Double.longBitsToDouble(lanes[bitsLane][i]));
    }
  }

  @Override
  public void remove(long[][] lanes, int from, int to, long stays) {
    for (int i = from; i < to; i++) {
      count -= lanes[countLane][i];
      sum.subtract(Double.longBitsToDouble(lanes[bitsLane][i]));
    }
  }

  @Override
  public void emit(ResultColumn out, int row) {
    if (count == 0) {
      out.setNull(row);
    } else {
      out.set(row, mean ? sum.dividedBy(count) : sum.value());
    }
  }

  @Override
  public void clear() {
    count = 0;
    sum.clear();
  }
}

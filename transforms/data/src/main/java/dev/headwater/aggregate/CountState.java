package dev.headwater.aggregate;

/** How many rows, or values that are not null. */
final class CountState implements WindowState {
  private final int lane;
  private long count;

  CountState(int lane) {
    this.lane = lane;
  }

  @Override
  public void add(long[][] lanes, int from, int to, long first) {
    long[] counts = lanes[lane];
    for (int i = from; i < to; i++) {
      count += counts[i];
    }
  }

  @Override
  public void remove(long[][] lanes, int from, int to, long stays) {
    long[] counts = lanes[lane];
    for (int i = from; i < to; i++) {
      count -= counts[i];
    }
  }

  @Override
  public void emit(ResultColumn out, int row) {
    out.set(row, count);
  }

  @Override
  public void clear() {
    count = 0;
  }
}

package dev.headwater.aggregate;

import java.util.Arrays;

/**
 * The least or the greatest value: a queue of the events that may still become it, each more
 * extreme than all after it.
 */
final class ExtremeState implements WindowState {
  private final boolean greatest;
  private final boolean floating;
  private final boolean slides;
  private final int countLane;
  private final int lane;
  private long[] numbers = new long[64];
  private long[] values = new long[64];
  private int head;
  private int size;

  /**
   * @param slides whether events will leave; else only the most extreme one is kept
   */
  ExtremeState(boolean greatest, boolean floating, boolean slides, int countLane, int lane) {
    this.greatest = greatest;
    this.floating = floating;
    this.slides = slides;
    this.countLane = countLane;
    this.lane = lane;
  }

  @Override
  public void add(long[][] lanes, int from, int to, long first) {
    for (int i = from; i < to; i++) {
      if (lanes[countLane][i] == 0) {
        continue;
      }
      long value = lanes[lane][i];
      while (size > 0) {
        long last = values[head + size - 1 & values.length - 1];
        if (greatest ? last > value : last < value) {
          break;
        }
        size--;
      }
      if (!slides && size > 0) {
        continue;
      }
      if (size == values.length) {
        grow();
      }
      int at = head + size & values.length - 1;
      values[at] = value;
      numbers[at] = first + i - from;
      size++;
    }
  }

  @Override
  public void remove(long[][] lanes, int from, int to, long stays) {
    while (size > 0 && numbers[head] < stays) {
      head = head + 1 & values.length - 1;
      size--;
    }
  }

  @Override
  public void emit(ResultColumn out, int row) {
    if (size == 0) {
      out.setNull(row);
    } else if (floating) {
      out.set(row, Lane.unordered(values[head]));
    } else {
      out.set(row, values[head] >> 63, values[head]);
    }
  }

  @Override
  public void clear() {
    head = 0;
    size = 0;
  }

  private void grow() {
    numbers = unrolled(numbers);
    values = unrolled(values);
    head = 0;
  }

  private long[] unrolled(long[] ring) {
    long[] out = Arrays.copyOfRange(ring, head, head + 2 * ring.length);
    System.arraycopy(ring, 0, out, ring.length - head, head);
    return out;
  }
}

package dev.headwater.sketch;

/** How often each of some distinct values occurs; slots without a value count 0. */
abstract sealed class Counts permits LongCounts, BytesCounts {
  /** Distinct values. */
  abstract int size();

  /** One more than the greatest slot. */
  abstract int slots();

  abstract long count(int slot);

  /** About the bytes that the values take. */
  abstract long bytes();

  /** Takes in the counts of other rows of the same kind of values. */
  abstract void addAll(Counts other);

  /** The values that occur more often than this, each that much less often. */
  abstract Counts above(long threshold);

  abstract void clear();

  final long total() {
    long n = 0;
    for (int slot = 0; slot < slots(); slot++) {
      n += count(slot);
    }
    return n;
  }

  /** How many values occur more often than this. */
  final int moreThan(long threshold) {
    int n = 0;
    for (int slot = 0; slot < slots(); slot++) {
      n += count(slot) > threshold ? 1 : 0;
    }
    return n;
  }
}

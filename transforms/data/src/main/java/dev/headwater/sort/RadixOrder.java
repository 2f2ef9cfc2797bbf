package dev.headwater.sort;

import java.util.Arrays;

/** The order of rows by columns of integer codes: a stable radix sort that skips what is sorted. */
final class RadixOrder {
  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;

  private final int[] counts = new int[DIGITS];
  private int[] order;
  private int[] spare;

  RadixOrder(int rows) {
    order = new int[rows];
    spare = new int[rows];
    for (int i = 0; i < rows; i++) {
      order[i] = i;
    }
  }

  /** Sorts by these codes (signed); the order so far decides between equal ones. */
  void by(long[] codes) {
    if (order.length == 0 || sorted(codes)) {
      return;
    }
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (long code : codes) {
      min = Math.min(min, code);
      max = Math.max(max, code);
    }
    int bits = 64 - Long.numberOfLeadingZeros(max - min);
    for (int shift = 0; shift < bits; shift += DIGIT_BITS) {
      pass(codes, min, shift);
    }
  }

  int[] rows() {
    return order;
  }

  private boolean sorted(long[] codes) {
    for (int i = 1; i < order.length; i++) {
      if (codes[order[i]] < codes[order[i - 1]]) {
        return false;
      }
    }
    return true;
  }

  private void pass(long[] codes, long min, int shift) {
    Arrays.fill(counts, 0);
    for (long code : codes) {
      counts[(int) ((code - min) >>> shift) & (DIGITS - 1)]++;
    }
    int at = 0;
    for (int i = 0; i < DIGITS; i++) {
      int n = counts[i];
      counts[i] = at;
      at += n;
    }
    for (int row : order) {
      spare[counts[(int) ((codes[row] - min) >>> shift) & (DIGITS - 1)]++] = row;
    }
    int[] swap = order;
    order = spare;
    spare = swap;
  }
}

package dev.headwater.aggregate;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * An exact sum of doubles: what is added can be taken away again, in any order, and the result is
 * rounded once. NaN and the infinities are counted, so one that leaves takes its effect along.
 *
 * <p>A small superaccumulator (R. Neal, "Fast exact summation using small and large
 * superaccumulators", 2015): 32 bits of the sum in each 64-bit chunk, so that carries need to be
 * passed on only now and then.
 */
final class ExactSum {
  private static final int CHUNKS = 68;
  private static final int ADDS_BETWEEN_CARRIES = 1_000;
  private static final long LOW = 0xFFFFFFFFL;
  private static final int LEAST_EXPONENT = -1_074;
  private static final long EXACT_IN_DOUBLE = 1L << 53;

  /** Chunk i weighs 2^(32 i - 1074). After carrying, all but the highest are in [0, 2^32). */
  private final long[] chunks = new long[CHUNKS];

  private int lowest = CHUNKS;
  private int highest = -1;
  private int adds;
  private long nans;
  private long positive;
  private long negative;
  private boolean inexact;

  void clear() {
    if (lowest <= highest) {
      Arrays.fill(chunks, lowest, highest + 1, 0);
    }
    lowest = CHUNKS;
    highest = -1;
    adds = 0;
    nans = 0;
    positive = 0;
    negative = 0;
  }

  void add(double value) {
    add(value, 1);
  }

  void subtract(double value) {
    add(value, -1);
  }

  private void add(double value, int sign) {
    long bits = Double.doubleToRawLongBits(value);
    int exponent = (int) (bits >>> 52) & 0x7FF;
    long mantissa = bits & 0xFFFFFFFFFFFFFL;
    if (exponent == 0x7FF) {
      if (mantissa != 0) {
        nans += sign;
      } else if (bits > 0) {
        positive += sign;
      } else {
        negative += sign;
      }
      return;
    }
    if (exponent == 0) {
      if (mantissa == 0) {
        return;
      }
    } else {
      mantissa |= 0x10000000000000L;
      exponent--;
    }
    int at = exponent >>> 5;
    int shift = exponent & 31;
    long below = mantissa << shift & LOW;
    long above = mantissa >>> (32 - shift);
    if (bits < 0 == sign > 0) {
      below = -below;
      above = -above;
    }
    chunks[at] += below;
    chunks[at + 1] += above;
    lowest = Math.min(lowest, at);
    highest = Math.max(highest, at + 1);
    if (++adds == ADDS_BETWEEN_CARRIES) {
      carry(chunks);
    }
  }

  /** The sum, rounded once. */
  double value() {
    if (nans != 0 || (positive != 0 && negative != 0)) {
      return Double.NaN;
    }
    if (positive != 0) {
      return Double.POSITIVE_INFINITY;
    }
    return negative != 0 ? Double.NEGATIVE_INFINITY : finite();
  }

  /** The sum divided by a positive number, rounded once. */
  double dividedBy(long divisor) {
    double value = value();
    if (nans != 0 || positive != 0 || negative != 0) {
      return value;
    }
    if (!inexact && Double.isFinite(value) && divisor < EXACT_IN_DOUBLE) {
      return value / (double) divisor;
    }
    return Rounding.divide(toBigInteger(), LEAST_EXPONENT, BigInteger.valueOf(divisor));
  }

  private double finite() {
    inexact = false;
    if (highest < 0) {
      return 0;
    }
    carry(chunks);
    boolean below = chunks[highest] < 0;
    long[] c = chunks;
    if (below) {
      c = chunks.clone();
      for (int i = lowest; i <= highest; i++) {
        c[i] = -c[i];
      }
      carry(c);
    }
    int top = highest;
    while (top >= lowest && c[top] == 0) {
      top--;
    }
    if (top < lowest) {
      return 0;
    }
    int zeros = Long.numberOfLeadingZeros(c[top]) - 32;
    long third = top > 1 ? c[top - 2] : 0;
    long first64 = (c[top] << 32 | (top > 0 ? c[top - 1] : 0)) << zeros | third << zeros >>> 32;
    boolean rest = (third << zeros & LOW) != 0;
    for (int i = top - 3; !rest && i >= lowest; i--) {
      rest = c[i] != 0;
    }
    long mantissa = first64 >>> 11;
    long dropped = first64 & 0x7FF;
    inexact = rest || dropped != 0;
    if (dropped > 0x400 || (dropped == 0x400 && (rest || (mantissa & 1) != 0))) {
      mantissa++;
    }
    double value = Math.scalb((double) mantissa, 32 * top - zeros - 21 + LEAST_EXPONENT);
    return below ? -value : value;
  }

  /** Passes on what exceeds 32 bits; only the highest chunk stays signed. */
  private void carry(long[] c) {
    adds = 0;
    if (highest < 0) {
      return;
    }
    long carry = 0;
    for (int i = lowest; ; i++) {
      long sum = c[i] + carry;
      if (i >= highest && sum >= -1 && sum <= LOW) {
        c[i] = sum;
        highest = i;
        return;
      }
      c[i] = sum & LOW;
      carry = sum >> 32;
    }
  }

  /** Whether neither NaN nor an infinity is in it. */
  boolean isFinite() {
    return nans == 0 && positive == 0 && negative == 0;
  }

  /** The exact sum of what is finite, in units of 2^-1074. */
  BigInteger toBigInteger() {
    BigInteger sum = BigInteger.ZERO;
    for (int i = highest; i >= 0; i--) {
      sum = sum.shiftLeft(32).add(BigInteger.valueOf(chunks[i]));
    }
    return sum;
  }
}

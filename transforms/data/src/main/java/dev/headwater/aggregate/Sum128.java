package dev.headwater.aggregate;

import java.math.BigInteger;

/** An exact sum of integers in 128 bits: what is added can be taken away again, in any order. */
final class Sum128 {
  private static final long EXACT_IN_DOUBLE = 1L << 53;

  private long high;
  private long low;

  void clear() {
    high = 0;
    low = 0;
  }

  void add(long value) {
    add(value >> 63, value);
  }

  void add(long otherHigh, long otherLow) {
    long sum = low + otherLow;
    high += otherHigh + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
    low = sum;
  }

  void subtract(long value) {
    subtract(value >> 63, value);
  }

  void subtract(long otherHigh, long otherLow) {
    high -= otherHigh + (Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0);
    low -= otherLow;
  }

  boolean fitsLong() {
    return high == low >> 63;
  }

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  BigInteger toBigInteger() {
    return BigInteger.valueOf(high).shiftLeft(64).add(new BigInteger(Long.toUnsignedString(low)));
  }

  /** The sum divided by a positive number, rounded once. */
  double dividedBy(long divisor) {
    if (fitsLong()
        && low > -EXACT_IN_DOUBLE
        && low < EXACT_IN_DOUBLE
        && divisor < EXACT_IN_DOUBLE) {
      return (double) low / (double) divisor;
    }
    return Rounding.divide(toBigInteger(), 0, BigInteger.valueOf(divisor));
  }
}

package dev.headwater.aggregate;

import java.math.BigInteger;

/** Exact rationals to the nearest double, ties to even. */
final class Rounding {
  private static final int SPARE_BITS = 66;

  private Rounding() {}

  /** {@code numerator * 2^exponent / denominator}, rounded once. */
  static double divide(BigInteger numerator, int exponent, BigInteger denominator) {
    if (numerator.signum() == 0) {
      return 0;
    }
    BigInteger n = numerator.abs();
    int up = Math.max(0, SPARE_BITS + denominator.bitLength() - n.bitLength());
    BigInteger[] q = n.shiftLeft(up).divideAndRemainder(denominator);
    // A bit below all others stands for the rest, so that a tie is only a tie when it is one.
    BigInteger m = q[0].shiftLeft(1);
    if (q[1].signum() != 0) {
      m = m.setBit(0);
    }
    double value = nearest(m, exponent - up - 1);
    return numerator.signum() < 0 ? -value : value;
  }

  /** {@code m * 2^exponent} for a positive m. */
  private static double nearest(BigInteger m, int exponent) {
    int top = m.bitLength() - 1 + exponent;
    int precision = top >= Double.MIN_EXPONENT ? 53 : 53 - (Double.MIN_EXPONENT - top);
    if (precision < 0) {
      return 0;
    }
    int drop = m.bitLength() - precision;
    if (drop <= 0) {
      return Math.scalb((double) m.longValue(), exponent);
    }
    long kept = m.shiftRight(drop).longValue();
    boolean half = m.testBit(drop - 1);
    if (half && ((kept & 1) != 0 || m.getLowestSetBit() < drop - 1)) {
      kept++;
    }
    return top > Double.MAX_EXPONENT
        ? Double.POSITIVE_INFINITY
        : Math.scalb((double) kept, exponent + drop);
  }
}

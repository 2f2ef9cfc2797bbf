package dev.headwater.aggregate;

import java.math.BigDecimal;
import java.math.BigInteger;

/** The exact sum of squares of integers, or of finite doubles. */
final class SquareSum {
  private static final int DOUBLE_EXPONENT = -1_074;

  /** Between these a double's square is exactly the sum of two doubles. */
  private static final double LEAST = 0x1p-450;

  private static final double GREATEST = 0x1p500;

  private final Sum128 high = new Sum128();
  private final Sum128 low = new Sum128();
  private final ExactSum doubles = new ExactSum();

  /** Squares of the other doubles, in units of 2^-2148. */
  private BigInteger others = BigInteger.ZERO;

  void clear() {
    high.clear();
    low.clear();
    doubles.clear();
    others = BigInteger.ZERO;
  }

  void add(long value) {
    high.add(Math.multiplyHigh(value, value));
    low.add(0, value * value);
  }

  void subtract(long value) {
    high.subtract(Math.multiplyHigh(value, value));
    low.subtract(0, value * value);
  }

  BigInteger ofIntegers() {
    return high.toBigInteger().shiftLeft(64).add(low.toBigInteger());
  }

  void add(double value) {
    double size = Math.abs(value);
    if (size > LEAST && size < GREATEST) {
      double square = value * value;
      doubles.add(square);
      doubles.add(Math.fma(value, value, -square));
    } else if (value != 0 && Double.isFinite(value)) {
      others = others.add(square(value));
    }
  }

  void subtract(double value) {
    double size = Math.abs(value);
    if (size > LEAST && size < GREATEST) {
      double square = value * value;
      doubles.subtract(square);
      doubles.subtract(Math.fma(value, value, -square));
    } else if (value != 0 && Double.isFinite(value)) {
      others = others.subtract(square(value));
    }
  }

  /** In units of 2^-2148. */
  BigInteger ofDoubles() {
    return doubles.toBigInteger().shiftLeft(-DOUBLE_EXPONENT).add(others);
  }

  private static BigInteger square(double value) {
    BigInteger units =
        new BigDecimal(value)
            .multiply(new BigDecimal(BigInteger.TWO.pow(-DOUBLE_EXPONENT)))
            .toBigIntegerExact();
    return units.multiply(units);
  }
}

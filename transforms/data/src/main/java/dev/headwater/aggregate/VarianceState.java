package dev.headwater.aggregate;

import java.math.BigInteger;

/** The sample's variance, from the exact sums of the values and of their squares; rounded once. */
final class VarianceState implements WindowState {
  private static final int DOUBLE_EXPONENT = -1_074;

  private final boolean root;
  private final boolean floating;
  private final int countLane;
  private final int lane;
  private final int scale;
  private final ExactSum doubles = new ExactSum();
  private final SquareSum squares = new SquareSum();
  private final Sum128 integers = new Sum128();
  private long count;

  /**
   * The lanes it reads.
   *
   * @param root whether the standard deviation is asked
   * @param scale of decimals; 0 of integers and doubles
   */
  VarianceState(boolean root, boolean floating, int countLane, int lane, int scale) {
    this.root = root;
    this.floating = floating;
    this.countLane = countLane;
    this.lane = lane;
    this.scale = scale;
  }

  @Override
  public void add(long[][] lanes, int from, int to, long first) {
    for (int i = from; i < to; i++) {
      count += lanes[countLane][i];
      long value = lanes[lane][i];
      if (floating) {
        doubles.add(Double.longBitsToDouble(value));
        squares.add(Double.longBitsToDouble(value));
      } else {
        integers.add(value);
        squares.add(value);
      }
    }
  }

  @Override
  public void remove(long[][] lanes, int from, int to, long stays) {
    for (int i = from; i < to; i++) {
      count -= lanes[countLane][i];
      long value = lanes[lane][i];
      if (floating) {
        doubles.subtract(Double.longBitsToDouble(value));
        squares.subtract(Double.longBitsToDouble(value));
      } else {
        integers.subtract(value);
        squares.subtract(value);
      }
    }
  }

  @Override
  public void emit(ResultColumn out, int row) {
    if (count < 2) {
      out.setNull(row);
      return;
    }
    double variance = variance();
    out.set(row, root ? Math.sqrt(variance) : variance);
  }

  private double variance() {
    if (floating && !doubles.isFinite()) {
      return Double.NaN;
    }
    // (n * sum of squares - square of sum) / (n * (n - 1))
    BigInteger n = BigInteger.valueOf(count);
    BigInteger sum = floating ? doubles.toBigInteger() : integers.toBigInteger();
    BigInteger square = floating ? squares.ofDoubles() : squares.ofIntegers();
    BigInteger numerator = n.multiply(square).subtract(sum.multiply(sum));
    BigInteger denominator = n.multiply(n.subtract(BigInteger.ONE));
    if (scale > 0) {
      denominator = denominator.multiply(BigInteger.TEN.pow(2 * scale));
    }
    return Rounding.divide(numerator, floating ? 2 * DOUBLE_EXPONENT : 0, denominator);
  }

  @Override
  public void clear() {
    count = 0;
    doubles.clear();
    squares.clear();
    integers.clear();
  }
}

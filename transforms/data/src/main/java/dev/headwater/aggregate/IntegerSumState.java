package dev.headwater.aggregate;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.math.BigInteger;

/** The sum or the mean of integers or decimals, added up in 128 bits. */
final class IntegerSumState implements WindowState {
  /** What is made of the sum. */
  enum Result {
    LONG,
    DECIMAL,
    MEAN
  }

  private final Result result;
  private final int countLane;
  private final int highLane;
  private final int lowLane;
  private final int scale;
  private final Sum128 sum = new Sum128();
  private long count;

  /**
   * The lanes it reads.
   *
   * @param highLane -1 if the values have 64 bits
   */
  IntegerSumState(Result result, int countLane, int highLane, int lowLane, int scale) {
    this.result = result;
    this.countLane = countLane;
    this.highLane = highLane;
    this.lowLane = lowLane;
    this.scale = scale;
  }

  @Override
  public void add(long[][] lanes, int from, int to, long first) {
    for (int i = from; i < to; i++) {
      count += lanes[countLane][i];
      long low = lanes[lowLane][i];
      sum.add(highLane < 0 ? low >> 63 : lanes[highLane][i], low);
    }
  }

  @Override
  public void remove(long[][] lanes, int from, int to, long stays) {
    for (int i = from; i < to; i++) {
      count -= lanes[countLane][i];
      long low = lanes[lowLane][i];
      sum.subtract(highLane < 0 ? low >> 63 : lanes[highLane][i], low);
    }
  }

  @Override
  public void emit(ResultColumn out, int row) {
    if (count == 0) {
      out.setNull(row);
      return;
    }
    switch (result) {
      case MEAN ->
          out.set(
              row,
              scale == 0
                  ? sum.dividedBy(count)
                  : Rounding.divide(
                      sum.toBigInteger(),
                      0,
                      BigInteger.TEN.pow(scale).multiply(BigInteger.valueOf(count))));
      case DECIMAL -> out.set(row, sum.high(), sum.low());
      case LONG -> {
        if (!sum.fitsLong()) {
          throw new HeadwaterException(
              Kind.DATA,
              "A sum is " + sum.toBigInteger() + ", which is more than a long holds.",
              "sum a decimal or a double instead: sum(cast(x as decimal(38, 0))).");
        }
        out.set(row, sum.low());
      }
    }
  }

  @Override
  public void clear() {
    count = 0;
    sum.clear();
  }
}

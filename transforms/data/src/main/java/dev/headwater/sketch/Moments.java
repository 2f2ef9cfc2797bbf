package dev.headwater.sketch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Mean and variance of finite numbers, merged by the formulas of Chan, Golub and LeVeque (1979),
 * which stay exact to a few bits however far the parts are from zero and from each other.
 */
final class Moments {
  private long n;
  private double mean;
  private double squares;

  long n() {
    return n;
  }

  /** NaN of no numbers. */
  double mean() {
    return n == 0 ? Double.NaN : mean;
  }

  /** Divided by n; NaN of no numbers. */
  double variance() {
    return n == 0 ? Double.NaN : Math.max(0, squares / n);
  }

  /** Numbers with the rows that hold each; a weight of 0 and what isn't finite are left out. */
  void addAll(double[] values, long[] weights, int count) {
    long rows = 0;
    double near = 0;
    double sum = 0;
    double square = 0;
    for (int i = 0; i < count; i++) {
      if (weights[i] > 0 && Double.isFinite(values[i])) {
        near = rows == 0 ? values[i] : near;
        double d = values[i] - near;
        rows += weights[i];
        sum += weights[i] * d;
        square += weights[i] * d * d;
      }
    }
    if (rows > 0) {
      merge(rows, near + sum / rows, square - sum / rows * sum);
    }
  }

  void merge(Moments other) {
    merge(other.n, other.mean, other.squares);
  }

  private void merge(long rows, double itsMean, double itsSquares) {
    if (rows == 0) {
      return;
    }
    double all = (double) n + rows;
    double d = itsMean - mean;
    squares = n == 0 ? itsSquares : squares + itsSquares + d * d * n / all * rows;
    mean = n == 0 ? itsMean : mean + d * rows / all;
    n += rows;
  }

  void write(DataOutput out) throws IOException {
    Varints.write(out, n);
    out.writeDouble(mean);
    out.writeDouble(squares);
  }

  static Moments read(DataInput in) throws IOException {
    Moments out = new Moments();
    out.n = Varints.read(in);
    out.mean = in.readDouble();
    out.squares = in.readDouble();
    return out;
  }
}

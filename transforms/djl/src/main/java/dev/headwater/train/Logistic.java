package dev.headwater.train;

import dev.headwater.model.LinearModel;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The honest baseline: a logistic regression on the plain part of the encoded inputs, the same rows
 * and columns as the network. Newton's method to the optimum: the gradient over all rows, the
 * curvature over the first ones (the order is a random one). Plain Java in a fixed order, so the
 * same bits everywhere.
 */
final class Logistic {
  private static final int ITERATIONS = 20;
  private static final long CURVATURE_WORK = 150_000_000L;
  private static final double RIDGE = 1e-6;
  private static final double ENOUGH = 1e-6;

  private final EncodedRows rows;
  private final int plain;

  /** The loss, its gradient, and (for the first rows) its curvature; a mean over rows. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Slope(double loss, double[] gradient, double[][] curvature) {}

  Logistic(EncodedRows rows, int plain) {
    this.rows = rows;
    this.plain = plain;
  }

  LinearModel fit() throws IOException {
    double[] weights = new double[plain + 1];
    Slope slope = slope(weights);
    for (int i = 0; i < ITERATIONS; i++) {
      double[] step = solve(slope.curvature(), slope.gradient());
      double scale = 1;
      double[] next = moved(weights, step, scale);
      Slope there = slope(next);
      while (!(there.loss() <= slope.loss()) && scale > 1e-3) {
        scale /= 2;
        next = moved(weights, step, scale);
        there = slope(next);
      }
      if (!(there.loss() <= slope.loss())) {
        break;
      }
      double gained = slope.loss() - there.loss();
      weights = next;
      slope = there;
      if (gained < ENOUGH * 1e-2) {
        break;
      }
    }
    float[] out = new float[plain];
    for (int i = 0; i < plain; i++) {
      out[i] = (float) weights[i];
    }
    return new LinearModel(out, (float) weights[plain]);
  }

  private static double[] moved(double[] from, double[] step, double scale) {
    double[] out = from.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] -= scale * step[i];
    }
    return out;
  }

  private Slope slope(double[] weights) throws IOException {
    int p = plain + 1;
    int width = rows.width();
    double[] gradient = new double[p];
    double[][] curvature = new double[p][p];
    double loss = 0;
    long seen = 0;
    long work = 0;
    ByteBuffer between = rows.buffer(EncodedRows.BLOCK);
    float[] x = new float[EncodedRows.BLOCK * width];
    double[] row = new double[p];
    int[] filled = new int[p];
    for (int from = 0; from < rows.rows(); from += EncodedRows.BLOCK) {
      int n = Math.min(EncodedRows.BLOCK, rows.rows() - from);
      rows.read(from, n, x, between);
      for (int r = 0; r < n; r++) {
        // Of a category's columns one is not zero, and zeros add nothing to any sum.
        int count = 0;
        double z = weights[plain];
        for (int i = 0; i < plain; i++) {
          float value = x[r * width + i];
          if (value != 0) {
            row[count] = value;
            filled[count++] = i;
            z += weights[i] * value;
          }
        }
        row[count] = 1;
        filled[count++] = plain;
        double e = StrictMath.exp(-Math.abs(z));
        double probability = z >= 0 ? 1 / (1 + e) : e / (1 + e);
        boolean label = rows.label(from + r);
        loss += Math.max(z, 0) - (label ? z : 0) + StrictMath.log1p(e);
        double error = probability - (label ? 1 : 0);
        for (int i = 0; i < count; i++) {
          gradient[filled[i]] += error * row[i];
        }
        if (seen < 4L * p || work < CURVATURE_WORK) {
          seen++;
          work += (long) count * count;
          double weight = probability * (1 - probability);
          for (int i = 0; i < count; i++) {
            double scaled = weight * row[i];
            double[] line = curvature[filled[i]];
            for (int j = 0; j <= i; j++) {
              line[filled[j]] += scaled * row[j];
            }
          }
        }
      }
    }
    for (int i = 0; i < p; i++) {
      gradient[i] = gradient[i] / rows.rows() + RIDGE * weights[i];
      loss += rows.rows() * RIDGE / 2 * weights[i] * weights[i];
      for (int j = 0; j <= i; j++) {
        curvature[i][j] /= seen;
        curvature[j][i] = curvature[i][j];
      }
      // Keeps a constant column, and one that is the sum of others, from being singular.
      curvature[i][i] += RIDGE + 1e-8;
    }
    return new Slope(loss / rows.rows(), gradient, curvature);
  }

  /** Cholesky. */
  private static double[] solve(double[][] a, double[] b) {
    int n = b.length;
    double[][] l = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        l[i][j] = i == j ? StrictMath.sqrt(Math.max(sum, 1e-12)) : sum / l[j][j];
      }
    }
    double[] x = b.clone();
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        x[i] -= l[i][k] * x[k];
      }
      x[i] /= l[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        x[i] -= l[k][i] * x[k];
      }
      x[i] /= l[i][i];
    }
    return x;
  }
}

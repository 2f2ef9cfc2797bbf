package dev.headwater.model;

import java.io.Serializable;
import java.util.Arrays;

/**
 * How good scores are: exact, whatever the order of the rows.
 *
 * @param rows with a label
 * @param auc area under the ROC curve, ties counted half; NaN if there is one class only
 * @param logLoss mean, natural logarithm; NaN without rows
 * @param baseRate share of rows whose label is true; NaN without rows
 */
public record Metrics(long rows, double auc, double logLoss, double baseRate)
    implements Serializable {
  private static final double LEAST = 1e-15;

  /** Collects probabilities and labels; 8 bytes a row. One thread. */
  public static final class Collector {
    private double[] positives = new double[1024];
    private double[] negatives = new double[1024];
    private int positive;
    private int negative;

    public void add(double probability, boolean label) {
      if (label) {
        if (positive == positives.length) {
          positives = Arrays.copyOf(positives, grown(positive));
        }
        positives[positive++] = probability;
      } else {
        if (negative == negatives.length) {
          negatives = Arrays.copyOf(negatives, grown(negative));
        }
        negatives[negative++] = probability;
      }
    }

    private static int grown(int size) {
      return Math.addExact(size, size / 2);
    }

    public Metrics metrics() {
      Arrays.sort(positives, 0, positive);
      Arrays.sort(negatives, 0, negative);
      long rows = (long) positive + negative;
      double loss = 0;
      for (int i = 0; i < positive; i++) {
        loss -= StrictMath.log(Math.max(LEAST, positives[i]));
      }
      for (int i = 0; i < negative; i++) {
        loss -= StrictMath.log(Math.max(LEAST, 1 - negatives[i]));
      }
      return new Metrics(rows, auc(), loss / rows, (double) positive / rows);
    }

    /** Twice the number of ordered pairs fits a long up to 2 billion rows of each class. */
    private double auc() {
      long twice = 0;
      int below = 0;
      int notAbove = 0;
      for (int i = 0; i < positive; i++) {
        while (below < negative && negatives[below] < positives[i]) {
          below++;
        }
        notAbove = Math.max(notAbove, below);
        while (notAbove < negative && negatives[notAbove] <= positives[i]) {
          notAbove++;
        }
        twice += (long) below + notAbove;
      }
      return twice / 2.0 / positive / negative;
    }
  }
}

package dev.headwater.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the values of one input become floats, as fitted on the training rows. The first {@link
 * #plain} floats are what a linear model can use; the network sees the {@link #extra} ones too.
 * Nothing but additions, divisions and comparisons, so the bits are the same on every machine.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Encoding.Numeric.class, name = "number"),
  @JsonSubTypes.Type(value = Encoding.Categorical.class, name = "category")
})
public sealed interface Encoding extends Serializable {
  /** Standard deviations beyond which a number counts as this far away. */
  double LIMIT = 5;

  /** Integers with no more distinct values get a float for each, besides their size. */
  int MAX_LEVELS = 32;

  /** The most frequent strings get a float each; the others share one. */
  int MAX_CATEGORIES = 255;

  /** The input's name. */
  String input();

  /** How many floats a row takes in the part that the baseline sees too. */
  @JsonIgnore
  int plain();

  /** How many more it takes for the network. */
  @JsonIgnore
  int extra();

  /**
   * Adds rows to an array of zeros.
   *
   * @param values numbers, NaN where missing; or positions in {@link Categorical#values}, -1 for
   *     another value, NaN where missing
   * @param stride floats a row
   * @param plainAt where the plain part begins in a row
   * @param extraAt where the extra part does
   */
  void encode(double[] values, int rows, float[] out, int stride, int plainAt, int extraAt);

  /**
   * A number: (x - mean) / stddev, cut at {@value #LIMIT}; 0 where missing, which has a float of
   * its own if it was seen in training.
   *
   * @param levels the distinct values, ascending, if they are few integers; else empty
   */
  record Numeric(String input, double mean, double stddev, boolean missing, List<Double> levels)
      implements Encoding {
    public Numeric {
      levels = new ArrayList<>(levels);
      if (!(stddev > 0) || !Double.isFinite(mean)) {
        throw new IllegalArgumentException(input + ": mean " + mean + ", stddev " + stddev);
      }
    }

    @Override
    public int plain() {
      return missing ? 2 : 1;
    }

    @Override
    public int extra() {
      return levels.size();
    }

    @Override
    public void encode(
        double[] values, int rows, float[] out, int stride, int plainAt, int extraAt) {
      double[] sorted = levels.stream().mapToDouble(Double::doubleValue).toArray();
      for (int row = 0; row < rows; row++) {
        double x = values[row];
        int at = row * stride + plainAt;
        if (Double.isNaN(x)) {
          if (missing) {
            out[at + 1] = 1;
          }
          continue;
        }
        out[at] = (float) Math.max(-LIMIT, Math.min(LIMIT, (x - mean) / stddev));
        int level = sorted.length == 0 ? -1 : Arrays.binarySearch(sorted, x + 0.0);
        if (level >= 0) {
          out[row * stride + extraAt + level] = 1;
        }
      }
    }
  }

  /** A category: one float for each value that is kept by name, one for all others. */
  record Categorical(String input, boolean missing, List<String> values) implements Encoding {
    public Categorical {
      values = new ArrayList<>(values);
    }

    @Override
    public int plain() {
      return values.size() + 1 + (missing ? 1 : 0);
    }

    @Override
    public int extra() {
      return 0;
    }

    @Override
    public void encode(
        double[] codes, int rows, float[] out, int stride, int plainAt, int extraAt) {
      int other = values.size();
      for (int row = 0; row < rows; row++) {
        int at = row * stride + plainAt;
        if (!Double.isNaN(codes[row])) {
          out[at + (codes[row] < 0 ? other : (int) codes[row])] = 1;
        } else if (missing) {
          out[at + other + 1] = 1;
        }
      }
    }
  }
}

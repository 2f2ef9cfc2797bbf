package dev.headwater.drift;

/** How far two sets of counts over the same bins are apart. */
final class Distances {
  /** What each bin is given beyond its rows, so that an empty one has no infinite distance. */
  static final double EXTRA = 0.5;

  private Distances() {}

  /**
   * The population stability index: the sum over bins of (q - p) ln(q / p), each share being (rows
   * + 0.5) / (all rows + 0.5 bins). Bins that are empty on both sides don't count.
   */
  static double psi(long[] reference, long[] current) {
    int bins = 0;
    double n = 0;
    double m = 0;
    for (int i = 0; i < reference.length; i++) {
      if (reference[i] + current[i] > 0) {
        bins++;
        n += reference[i];
        m += current[i];
      }
    }
    double out = 0;
    for (int i = 0; i < reference.length; i++) {
      if (reference[i] + current[i] > 0) {
        double p = (reference[i] + EXTRA) / (n + EXTRA * bins);
        double q = (current[i] + EXTRA) / (m + EXTRA * bins);
        out += term(p, q);
      }
    }
    return out;
  }

  /** What one bin adds to the PSI. */
  static double term(double p, double q) {
    return (q - p) * StrictMath.log(q / p);
  }

  /** The Jensen-Shannon distance: the root of the divergence in bits, from 0 to 1. */
  static double jensenShannon(long[] reference, long[] current) {
    double n = sum(reference, reference.length);
    double m = sum(current, current.length);
    if (n == 0 || m == 0) {
      return Double.NaN;
    }
    double out = 0;
    for (int i = 0; i < reference.length; i++) {
      double p = reference[i] / n;
      double q = current[i] / m;
      double middle = (p + q) / 2;
      out += part(p, middle) + part(q, middle);
    }
    return StrictMath.sqrt(Math.max(0, Math.min(1, out / 2)));
  }

  private static double part(double p, double middle) {
    return p == 0 ? 0 : p * StrictMath.log(p / middle) / StrictMath.log(2);
  }

  /** The greatest distance of the cumulative shares at the edges of the first bins. */
  static double kolmogorovSmirnov(long[] reference, long[] current, int bins) {
    double n = sum(reference, bins);
    double m = sum(current, bins);
    if (n == 0 || m == 0) {
      return Double.NaN;
    }
    double out = 0;
    long a = 0;
    long b = 0;
    for (int i = 0; i < bins; i++) {
      a += reference[i];
      b += current[i];
      out = Math.max(out, Math.abs(a / n - b / m));
    }
    return out;
  }

  static long sum(long[] counts, int bins) {
    long out = 0;
    for (int i = 0; i < bins; i++) {
      out += counts[i];
    }
    return out;
  }
}

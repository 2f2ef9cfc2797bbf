package dev.headwater.drift;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Between which values the PSI of counts lies that may be off.
 *
 * <p>What each bin may be off by itself gives bounds. Narrower ones come from what all are off
 * together (the root of the sum of the squares): the PSI is convex in the shares of either side, so
 * it is at least its tangent; and at most the tangent and how far it bends away from it, which
 * grows with the square of what a bin is off, where the bins that bend most are off most. Two sides
 * that are both off bend at most twice as much as each.
 */
final class PsiBounds {
  /** One side of the comparison, as shares. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares or keeps it
  private record Side(double[] shares, double[] off, double floor, double together) {
    static Side of(long[] counts, long[] off, List<Integer> bins) {
      double rows = Distances.sum(counts, counts.length) + Distances.EXTRA * bins.size();
      return new Side(
          bins.stream().mapToDouble(i -> (counts[i] + Distances.EXTRA) / rows).toArray(),
          bins.stream().mapToDouble(i -> off[i] / rows).toArray(),
          Distances.EXTRA / rows,
          off[counts.length] / rows);
    }

    double least(int i) {
      return Math.max(floor, shares[i] - off[i]);
    }

    double most(int i) {
      return shares[i] + off[i];
    }
  }

  /** What a bin may bend, and how much of the squares that takes. */
  private record Bend(double much, double squares) {
    double rate() {
      return much / squares;
    }
  }

  private PsiBounds() {}

  /**
   * The least and the greatest PSI.
   *
   * @param referenceOff how many rows more or less each count may be, and last all of them together
   * @param currentOff the same of the current counts
   */
  static double[] of(long[] reference, long[] referenceOff, long[] current, long[] currentOff) {
    List<Integer> bins = new ArrayList<>();
    for (int i = 0; i < reference.length; i++) {
      if (reference[i] + referenceOff[i] + current[i] + currentOff[i] > 0) {
        bins.add(i);
      }
    }
    Side then = Side.of(reference, referenceOff, bins);
    Side now = Side.of(current, currentOff, bins);
    double psi = 0;
    double least = 0;
    double most = 0;
    for (int i = 0; i < bins.size(); i++) {
      psi += Distances.term(then.shares[i], now.shares[i]);
      most +=
          Math.max(
              Distances.term(then.least(i), now.most(i)),
              Distances.term(then.most(i), now.least(i)));
      // Of two shares that may be the same nothing is certain.
      least +=
          now.least(i) > then.most(i)
              ? Distances.term(then.most(i), now.least(i))
              : then.least(i) > now.most(i) ? Distances.term(then.least(i), now.most(i)) : 0;
    }
    double tangent = tangent(now, then) + tangent(then, now);
    double bends = bends(now, then) + bends(then, now);
    boolean both = then.together > 0 && now.together > 0;
    return new double[] {
      Math.max(least, psi - tangent), Math.min(most, psi + tangent + (both ? 2 : 1) * bends)
    };
  }

  /** How far the PSI's tangent reaches: shares that are off add up to nothing. */
  private static double tangent(Side moving, Side other) {
    List<Double> slopes = new ArrayList<>();
    for (int i = 0; i < moving.off.length; i++) {
      if (moving.off[i] > 0) {
        slopes.add(slope(moving.shares[i], other.shares[i]));
      }
    }
    double mean = slopes.stream().mapToDouble(s -> s).average().orElse(0);
    double squares = slopes.stream().mapToDouble(s -> (s - mean) * (s - mean)).sum();
    return moving.together * Math.sqrt(squares);
  }

  /** How a bin's part changes with its share. */
  private static double slope(double share, double other) {
    return Math.log(share / other) + 1 - other / share;
  }

  private static double bends(Side moving, Side other) {
    List<Bend> bends = new ArrayList<>();
    for (int i = 0; i < moving.off.length; i++) {
      double share = moving.shares[i];
      double y = other.shares[i];
      double down = share - moving.least(i);
      double rest = moving.off[i] * moving.off[i] - down * down;
      if (down > 0) {
        double bent =
            Distances.term(y, share - down) - Distances.term(y, share) + slope(share, y) * down;
        bends.add(new Bend(bent, down * down));
      }
      if (rest > 0) {
        bends.add(new Bend((1 / share + y / (share * share)) / 2 * rest, rest));
      }
    }
    bends.sort(Comparator.comparingDouble(Bend::rate).reversed());
    double left = moving.together * moving.together;
    double out = 0;
    for (Bend bend : bends) {
      double part = Math.min(1, left / bend.squares);
      out += part * bend.much;
      left -= part * bend.squares;
    }
    return out;
  }
}

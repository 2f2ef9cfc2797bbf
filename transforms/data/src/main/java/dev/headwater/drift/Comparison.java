package dev.headwater.drift;

import dev.headwater.drift.DriftReport.Entry;
import dev.headwater.sketch.Profile.Categories;
import dev.headwater.sketch.Profile.ColumnProfile;
import dev.headwater.sketch.Profile.Numbers;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Two sides of a column: how far apart they are, in figures and in words. */
final class Comparison {
  private Comparison() {}

  /** One side of a comparison: counts, and how far each may be off. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares or keeps it
  record Side(long[] counts, long[] off, boolean sketched) {
    Side(long[] counts, long[] off, ColumnProfile column) {
      this(
          counts.length == 0 ? new long[DriftCounts.slots(column)] : counts,
          off.length == 0 ? new long[DriftCounts.slots(column) + 1] : off,
          off.length > 0);
    }

    Side(DriftCounts all, @Nullable Long period, int c, ColumnProfile column) {
      this(all.counts(period, c), all.off(period, c), column);
    }

    long rows() {
      return Distances.sum(counts, counts.length);
    }
  }

  static Entry of(
      @Nullable Long period, ColumnProfile column, Side reference, Side current, double threshold) {
    double psi = Distances.psi(reference.counts, current.counts);
    double[] bounds = PsiBounds.of(reference.counts, reference.off, current.counts, current.off);
    int slots = current.counts.length;
    int bins = column instanceof Numbers n ? n.counts().size() : 0;
    boolean few = current.rows() < (long) DriftReport.LEAST_ROWS_PER_BIN * slots;
    boolean moved = psi > threshold && !few;
    String measure =
        bounds[1] - bounds[0] < 0.0005
            ? String.format(Locale.ROOT, "PSI %.3f", psi)
            : String.format(Locale.ROOT, "PSI %.3f (%.3f to %.3f)", psi, bounds[0], bounds[1]);
    String reason =
        few
            ? current.rows() + " rows are too few for " + slots + " bins"
            : moved
                ? measure
                    + " is above "
                    + threshold
                    + ": "
                    + what(column, reference.counts, current.counts)
                : measure + " is at most " + threshold;
    return new Entry(
        period,
        column.name(),
        psi,
        Math.min(psi, bounds[0]),
        Math.max(psi, bounds[1]),
        Distances.jensenShannon(reference.counts, current.counts),
        column instanceof Numbers
            ? Distances.kolmogorovSmirnov(reference.counts, current.counts, bins)
            : Double.NaN,
        moved,
        reason,
        java.util.Arrays.stream(reference.counts).boxed().toList(),
        java.util.Arrays.stream(current.counts).boxed().toList(),
        reference.sketched || current.sketched);
  }

  /** The bin whose share changed most, in words. */
  private static String what(ColumnProfile column, long[] reference, long[] current) {
    double n = Math.max(1, Distances.sum(reference, reference.length));
    double m = Math.max(1, Distances.sum(current, current.length));
    int most = 0;
    for (int i = 1; i < current.length; i++) {
      if (Math.abs(current[i] / m - reference[i] / n)
          > Math.abs(current[most] / m - reference[most] / n)) {
        most = i;
      }
    }
    return String.format(
        Locale.ROOT,
        "%s went from %.1f%% to %.1f%% of the rows",
        bin(column, most),
        100 * reference[most] / n,
        100 * current[most] / m);
  }

  /** A bin's name. */
  static String bin(ColumnProfile column, int slot) {
    int slots = DriftCounts.slots(column);
    if (slot == slots - 1) {
      return "null";
    }
    if (column instanceof Numbers n) {
      List<Double> edges = n.edges();
      if (slot == slots - 2) {
        return "NaN";
      } else if (edges.isEmpty()) {
        return "any number";
      } else if (slot == 0) {
        return "below " + number(edges.get(0));
      } else if (slot == edges.size()) {
        return "from " + number(edges.get(slot - 1));
      }
      double from = edges.get(slot - 1);
      double to = edges.get(slot);
      return to == Math.nextUp(from)
          ? "exactly " + number(from)
          : number(from) + " to " + number(to);
    }
    Categories c = (Categories) column;
    return slot == slots - 2 ? "other values" : "'" + c.top().get(slot).value() + "'";
  }

  /** An edge as people read it: whole, or with five digits that count. */
  private static String number(double edge) {
    if (edge == Math.rint(edge) && Math.abs(edge) < 1e15) {
      return Long.toString((long) edge);
    }
    return Double.isFinite(edge)
        ? Double.toString(new BigDecimal(edge).round(new MathContext(5)).doubleValue())
        : Double.toString(edge);
  }
}

package dev.headwater.drift;

import dev.headwater.sketch.Profile;
import dev.headwater.sketch.Profile.Categories;
import dev.headwater.sketch.Profile.ColumnProfile;
import dev.headwater.sketch.Profile.Numbers;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many rows of each period lie in each bin of a profile. Exact, and the same in whatever order
 * rows are counted and counts are merged.
 */
public final class DriftCounts implements Serializable {
  private static final long serialVersionUID = 1;

  /** Rows whose time is null: they count in the whole, and in no period. */
  static final long NO_PERIOD = Long.MIN_VALUE;

  private final TreeMap<Long, long[][]> periods = new TreeMap<>();

  /** How many slots a column has: its bins, then NaN (numbers only), then null. */
  static int slots(ColumnProfile column) {
    return column instanceof Numbers n
        ? n.counts().size() + 2
        : ((Categories) column).top().size() + 2;
  }

  /** The reference's own counts in these slots. */
  static long[] reference(ColumnProfile column) {
    long[] out = new long[slots(column)];
    List<Long> counts =
        column instanceof Numbers n
            ? n.counts()
            : ((Categories) column).top().stream().map(Profile.Category::count).toList();
    for (int i = 0; i < counts.size(); i++) {
      out[i] = counts.get(i);
    }
    out[out.length - 2] = column instanceof Numbers n ? n.nans() : ((Categories) column).other();
    out[out.length - 1] = column.nulls();
    return out;
  }

  /** The slots of a period, to count into. */
  long[][] of(long period, List<ColumnProfile> columns) {
    return periods.computeIfAbsent(
        period, p -> columns.stream().map(c -> new long[slots(c)]).toArray(long[][]::new));
  }

  /** Takes in the counts of other rows. */
  public DriftCounts merge(DriftCounts other) {
    other.periods.forEach(
        (period, counts) -> {
          long[][] mine = periods.get(period);
          if (mine == null) {
            periods.put(period, Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new));
          } else {
            for (int c = 0; c < counts.length; c++) {
              for (int i = 0; i < counts[c].length; i++) {
                mine[c][i] = Math.addExact(mine[c][i], counts[c][i]);
              }
            }
          }
        });
    return this;
  }

  /** Microseconds at which the periods begin that rows lie in, ascending. */
  public List<Long> periods() {
    return periods.keySet().stream().filter(p -> p != NO_PERIOD).toList();
  }

  /** A column's counts in one period, or in all together. */
  long[] counts(@Nullable Long period, int column) {
    if (period != null) {
      return java.util.Objects.requireNonNull(periods.get(period))[column].clone();
    }
    long[] out = new long[0];
    for (Map.Entry<Long, long[][]> entry : periods.entrySet()) {
      long[] one = entry.getValue()[column];
      out = out.length == 0 ? new long[one.length] : out;
      for (int i = 0; i < one.length; i++) {
        out[i] = Math.addExact(out[i], one[i]);
      }
    }
    return out;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof DriftCounts d
        && periods.keySet().equals(d.periods.keySet())
        && periods.entrySet().stream()
            .allMatch(e -> Arrays.deepEquals(e.getValue(), d.periods.get(e.getKey())));
  }

  @Override
  public int hashCode() {
    return periods.keySet().hashCode();
  }
}

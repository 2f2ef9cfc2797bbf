package dev.headwater.drift;

import dev.headwater.sketch.Binned;
import dev.headwater.sketch.Profile;
import dev.headwater.sketch.Profile.Categories;
import dev.headwater.sketch.Profile.ColumnProfile;
import dev.headwater.sketch.Profile.Numbers;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many rows of each period lie in each bin of a profile. Of rows that were counted it is exact,
 * and the same in whatever order they are counted and counts are merged; told from sketches ({@link
 * SketchDrift}) it says how far it may be off.
 */
public final class DriftCounts implements Serializable {
  private static final long serialVersionUID = 1;

  /** Rows whose time is null: they count in the whole, and in no period. */
  static final long NO_PERIOD = Long.MIN_VALUE;

  private final TreeMap<Long, long[][]> periods = new TreeMap<>();

  /**
   * How many rows each count may be off, and last all of them together ({@link Binned#together});
   * of rows that were counted nothing.
   */
  private final TreeMap<Long, long[][]> off = new TreeMap<>();

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
    return of(periods, period, columns, 0);
  }

  private static long[][] of(
      Map<Long, long[][]> all, long period, List<ColumnProfile> columns, int more) {
    return all.computeIfAbsent(
        period, p -> columns.stream().map(c -> new long[slots(c) + more]).toArray(long[][]::new));
  }

  /** Takes in rows of a period that a sketch has in a column's bins. */
  void add(long period, List<ColumnProfile> columns, int column, Binned rows) {
    long[] counts = of(periods, period, columns, 0)[column];
    long[] errors = of(off, period, columns, 1)[column];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = Math.addExact(counts[i], rows.counts().get(i));
      errors[i] = Math.addExact(errors[i], rows.off().get(i));
    }
    errors[counts.length] = Math.addExact(errors[counts.length], rows.together());
  }

  /** Takes in the counts of other rows. */
  public DriftCounts merge(DriftCounts other) {
    merge(periods, other.periods);
    merge(off, other.off);
    return this;
  }

  private static void merge(Map<Long, long[][]> into, Map<Long, long[][]> other) {
    other.forEach(
        (period, counts) -> {
          long[][] mine = into.get(period);
          if (mine == null) {
            into.put(period, Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new));
          } else {
            for (int c = 0; c < counts.length; c++) {
              for (int i = 0; i < counts[c].length; i++) {
                mine[c][i] = Math.addExact(mine[c][i], counts[c][i]);
              }
            }
          }
        });
  }

  /** Microseconds at which the periods begin that rows lie in, ascending. */
  public List<Long> periods() {
    return periods.keySet().stream().filter(p -> p != NO_PERIOD).toList();
  }

  /** A column's counts in one period, or in all together; empty of no rows. */
  long[] counts(@Nullable Long period, int column) {
    return sum(periods, period, column);
  }

  /** How far these counts may be off, and last all together; empty of rows that were counted. */
  long[] off(@Nullable Long period, int column) {
    return sum(off, period, column);
  }

  private static long[] sum(SortedMap<Long, long[][]> all, @Nullable Long period, int column) {
    SortedMap<Long, long[][]> which = period == null ? all : all.subMap(period, period + 1);
    long[] out = new long[0];
    for (long[][] counts : which.values()) {
      long[] one = counts[column];
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

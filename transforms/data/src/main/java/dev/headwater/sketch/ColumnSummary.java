package dev.headwater.sketch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one column. Values are as Iceberg holds them.
 *
 * @param values rows with a value, NaN among them
 * @param min the least value, NaN apart, strings and bytes cut after 128 bytes; null of none
 * @param mean of finite numbers, of times in their own units; NaN of no numbers
 * @param stddev of finite numbers, divided by n; NaN of no numbers
 * @param spread how the values are distributed; null where only counts are kept
 */
public record ColumnSummary(
    int field,
    Type type,
    long values,
    long nulls,
    long nans,
    @Nullable Object min,
    @Nullable Object max,
    double mean,
    double stddev,
    @Nullable Spread spread) {

  /**
   * A distribution.
   *
   * @param distinct how many distinct values there are, about
   * @param distinctLow with 95% certainty at least so many; the same where it is exact
   * @param distinctHigh with 95% certainty at most so many
   * @param rankError how far a quantile's rank may be off, as a share of the rows; 0: exact
   * @param top the most frequent values, with at least how many rows each
   * @param topError how many rows more each may have, and those that are not named at most
   */
  public record Spread(
      double distinct,
      double distinctLow,
      double distinctHigh,
      double rankError,
      List<Frequency> top,
      long topError,
      @Nullable Points points) {}

  /** A value and in at least how many rows it is. */
  public record Frequency(Object value, long rows) {}

  /** Where the values of a column lie that are numbers, times or booleans. */
  public static final class Points {
    private final Type type;
    private final Ranked ranked;
    private final boolean doubles;

    Points(Type type, Ranked ranked) {
      this.type = type;
      this.ranked = ranked;
      this.doubles = !Keys.areLongs(type);
    }

    /** The least value that this share of the rows (0 to 1) is at most; null of no values. */
    public @Nullable Object quantile(double share) {
      Long key = ranked.at(share);
      return key == null ? null : doubles ? (Object) Keys.toDouble(key) : Keys.value(type, key);
    }

    /** About how many rows are in each of so many equal parts between two quantiles. */
    public long[] histogram(int parts, double from, double to) {
      long[] out = new long[parts];
      Long first = ranked.at(from);
      Long last = ranked.at(to);
      if (first == null || last == null) {
        return out;
      }
      double low = number(first);
      double width = (number(last) - low) / parts;
      for (int i = 0; i < ranked.size(); i++) {
        long key = ranked.key(i);
        if (key >= first && key <= last) {
          int part = width > 0 ? (int) ((number(key) - low) / width) : 0;
          out[Math.max(0, Math.min(parts - 1, part))] += ranked.count(i);
        }
      }
      return out;
    }

    private double number(long key) {
      return doubles ? Keys.toDouble(key) : Keys.numbers(type, key)[0];
    }
  }

  static ColumnSummary of(ColumnSketch column, int top) {
    ColumnSketch all = column;
    if (column.exact()) {
      // On a copy, since it is no longer exact then.
      all = column.empty();
      all.counts.addAll(column.counts);
      all.spill();
    }
    boolean full = column.mode() == ColumnSketch.Mode.FULL;
    return new ColumnSummary(
        column.field(),
        column.type(),
        column.values,
        column.nulls,
        column.nans,
        all.least(),
        all.greatest(),
        all.moments.mean(),
        Math.sqrt(all.moments.variance()),
        full ? spread(column, all, top) : null);
  }

  private static Spread spread(ColumnSketch column, ColumnSketch all, int top) {
    Counts frequent = column.exact() ? column.counts : all.frequent.kept();
    Distinct distinct = column.theta();
    boolean exact = column.exact();
    double count = exact ? column.counts.size() + (column.nans > 0 ? 1 : 0) : distinct.estimate();
    return new Spread(
        count,
        exact ? count : distinct.lower(),
        exact ? count : distinct.upper(),
        exact ? 0 : Quantiles.ERROR,
        top(column.type(), frequent, top),
        exact ? 0 : all.frequent.error(),
        Keys.areNumbers(column.type()) ? new Points(column.type(), ranked(column, all)) : null);
  }

  private static Ranked ranked(ColumnSketch column, ColumnSketch all) {
    return column.counts instanceof LongCounts longs && column.exact()
        ? Ranked.of(longs)
        : all.quantiles.ranked();
  }

  private static List<Frequency> top(Type type, Counts counts, int most) {
    List<Integer> slots = new ArrayList<>();
    for (int slot = 0; slot < counts.slots(); slot++) {
      if (counts.count(slot) > 0) {
        slots.add(slot);
      }
    }
    Comparator<Integer> byCount = Comparator.comparingLong(counts::count);
    Comparator<Integer> byValue =
        counts instanceof LongCounts longs
            ? Comparator.comparingLong(longs::key)
            : ((BytesCounts) counts)::compare;
    return slots.stream()
        .sorted(byCount.reversed().thenComparing(byValue))
        .limit(most)
        .map(slot -> new Frequency(value(type, counts, slot), counts.count(slot)))
        .toList();
  }

  private static Object value(Type type, Counts counts, int slot) {
    return counts instanceof LongCounts longs
        ? Keys.value(type, longs.key(slot))
        : Keys.value(type, ((BytesCounts) counts).key(slot));
  }
}

package dev.headwater.sketch;

import dev.headwater.sketch.Profile.Categories;
import dev.headwater.sketch.Profile.Category;
import dev.headwater.sketch.Profile.ColumnProfile;
import dev.headwater.sketch.Profile.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongToDoubleFunction;

/**
 * Builds a {@link Profile} column by column from sorted values or from exact counts. Everything is
 * computed in the order of the values, so it depends on them alone.
 */
public final class ProfileBuilder {
  /** How many bins numbers are cut into, fewer where values repeat. */
  public static final int BINS = 20;

  /** How many categories are kept by name. */
  public static final int TOP = 100;

  private final long rows;
  private final List<ColumnProfile> columns = new ArrayList<>();

  private ProfileBuilder(long rows) {
    this.rows = rows;
  }

  public static ProfileBuilder of(long rows) {
    return new ProfileBuilder(rows);
  }

  /** Numbers in ascending order (NaN apart), in an array. */
  public ProfileBuilder numbers(String name, double[] sorted, long nulls, long nans) {
    return numbers(name, sorted.length, i -> sorted[(int) i], nulls, nans);
  }

  /** Numbers in ascending order (NaN apart), wherever they are held: value i of n. */
  public ProfileBuilder numbers(
      String name, long n, LongToDoubleFunction sorted, long nulls, long nans) {
    Moments moments = new Moments();
    for (long i = 0; i < n; i++) {
      moments.add(sorted.applyAsDouble(i));
    }
    double mean = moments.mean();
    Moments squares = new Moments();
    for (long i = 0; i < n; i++) {
      double d = sorted.applyAsDouble(i) - mean;
      squares.add(d * d);
    }
    return numbers(name, n, sorted, nulls, nans, mean, squares.mean());
  }

  /** Numbers whose moments are known. */
  ProfileBuilder numbers(
      String name,
      long n,
      LongToDoubleFunction sorted,
      long nulls,
      long nans,
      double mean,
      double variance) {
    double[] edges = edges(n, sorted);
    long[] counts = new long[edges.length + 1];
    long from = 0;
    for (int i = 0; i < edges.length; i++) {
      long to = below(n, sorted, edges[i]);
      counts[i] = to - from;
      from = to;
    }
    counts[edges.length] = n - from;
    columns.add(
        new Numbers(
            name,
            java.util.Arrays.stream(edges).boxed().toList(),
            java.util.Arrays.stream(counts).boxed().toList(),
            nulls,
            nans,
            mean,
            StrictMath.sqrt(variance),
            n == 0 ? Double.NaN : sorted.applyAsDouble(0),
            n == 0 ? Double.NaN : sorted.applyAsDouble(n - 1)));
    return this;
  }

  /** Numbers by value: how often each occurs; NaN may be among them. */
  public ProfileBuilder numbers(String name, Map<Double, Long> counts, long nulls) {
    TreeMap<Double, Long> ordered = new TreeMap<>(counts);
    Long nans = ordered.remove(Double.NaN);
    double[] values = new double[ordered.size()];
    long[] ends = new long[values.length];
    long n = 0;
    int at = 0;
    for (Map.Entry<Double, Long> entry : ordered.entrySet()) {
      values[at] = entry.getKey();
      n += entry.getValue();
      ends[at++] = n;
    }
    LongToDoubleFunction sorted =
        i -> {
          int found = java.util.Arrays.binarySearch(ends, i + 1);
          return values[found < 0 ? -found - 1 : found];
        };
    return numbers(name, n, sorted, nulls, nans == null ? 0 : nans);
  }

  /** Categories by value: how often each occurs. */
  public ProfileBuilder categories(String name, Map<String, Long> counts, long nulls) {
    return categories(name, counts, 0, nulls);
  }

  /** Categories of which only some are known by value. */
  ProfileBuilder categories(String name, Map<String, Long> counts, long others, long nulls) {
    List<Category> all =
        counts.entrySet().stream()
            .filter(e -> e.getValue() > 0)
            .map(e -> new Category(e.getKey(), e.getValue()))
            .sorted(
                Comparator.comparingLong(Category::count).reversed().thenComparing(Category::value))
            .toList();
    List<Category> top = all.subList(0, Math.min(TOP, all.size()));
    long other = others + all.stream().skip(TOP).mapToLong(Category::count).sum();
    columns.add(new Categories(name, top, other, nulls));
    return this;
  }

  public Profile build() {
    return new Profile(rows, columns);
  }

  /** The quantiles; a value that fills a bin alone has one of its own. */
  private static double[] edges(long n, LongToDoubleFunction sorted) {
    TreeSet<Double> out = new TreeSet<>();
    for (int k = 1; k < BINS && n > 0; k++) {
      long at = n / BINS * k + n % BINS * k / BINS;
      double value = sorted.applyAsDouble(at) + 0.0;
      double above = Math.nextUp(value);
      long ties = below(n, sorted, above) - below(n, sorted, value);
      boolean heavy = ties >= (n + BINS - 1) / BINS && n >= BINS;
      if (heavy || value > sorted.applyAsDouble(0)) {
        out.add(value);
      }
      if (heavy) {
        out.add(above);
      }
    }
    return out.stream().filter(Double::isFinite).mapToDouble(d -> d).toArray();
  }

  /** How many values are less than this. */
  private static long below(long n, LongToDoubleFunction sorted, double value) {
    long from = 0;
    long to = n;
    while (from < to) {
      long middle = (from + to) >>> 1;
      if (sorted.applyAsDouble(middle) < value) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /** A compensated sum of the finite values, in their order. */
  private static final class Moments {
    private double sum;
    private double lost;
    private long n;

    void add(double value) {
      if (!Double.isFinite(value)) {
        return;
      }
      n++;
      double next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
      sum = next;
    }

    double mean() {
      return n == 0 ? Double.NaN : (sum + lost) / n;
    }
  }
}

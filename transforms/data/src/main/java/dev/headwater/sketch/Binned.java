package dev.headwater.sketch;

import dev.headwater.sketch.Profile.Categories;
import dev.headwater.sketch.Profile.Category;
import dev.headwater.sketch.Profile.ColumnProfile;
import dev.headwater.sketch.Profile.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.types.Type;

/**
 * How many of a sketch's rows lie in each bin of a profile's column, without looking at them.
 *
 * @param counts of the bins, in their order; then NaN (numbers) or other values (categories); then
 *     null
 * @param off how many rows more or less each of them may be: of an exact sketch none, of numbers
 *     {@link #ERROR} of them in 99 of 100 sketches, of categories what their counts left out
 * @param together the root of the sum of the squares of what they are off: not all are at once as
 *     far off as one may be
 */
public record Binned(List<Long> counts, List<Long> off, long together) {
  /**
   * How far a bin's share of the numbers may be off, whichever the bin of a profile, in 99 of 100
   * sketches; measured by {@code BinnedTest}.
   */
  public static final double ERROR = 0.016;

  /** The same of all bins together. */
  public static final double TOGETHER = 0.03;

  public Binned {
    counts = List.copyOf(counts);
    off = List.copyOf(off);
  }

  /** Empty if the sketch can't tell: it has counts only, or values of another kind. */
  static Optional<Binned> of(ColumnSketch column, ColumnProfile by) {
    if (column.mode() != ColumnSketch.Mode.FULL) {
      return Optional.empty();
    }
    return by instanceof Numbers numbers
        ? numbers(column, numbers)
        : categories(column, (Categories) by);
  }

  private static Optional<Binned> numbers(ColumnSketch column, Numbers by) {
    if (!Keys.areLongs(column.type())) {
      return Optional.empty();
    }
    Ranked ranked = ranked(column);
    int bins = by.counts().size();
    long[] counts = new long[bins + 2];
    long[] off = new long[bins + 2];
    long all = column.values - column.nans;
    boolean sure = column.exact() || bins == 1;
    long below = 0;
    for (int i = 0; i < bins; i++) {
      long upTo = i == bins - 1 ? all : ranked.below(column.type(), by.edges().get(i));
      counts[i] = upTo - below;
      off[i] = sure ? 0 : (long) Math.ceil(ERROR * all);
      below = upTo;
    }
    counts[bins] = column.nans;
    counts[bins + 1] = column.nulls;
    return Optional.of(of(counts, off, sure ? 0 : TOGETHER * all));
  }

  private static Optional<Binned> categories(ColumnSketch column, Categories by) {
    Map<String, Long> known = texts(column);
    boolean cut =
        by.top().stream()
            .anyMatch(c -> c.value().getBytes(StandardCharsets.UTF_8).length > BytesSketch.LONG);
    if (!areWords(column.type()) || cut) {
      return Optional.empty();
    }
    long error = column.exact() ? 0 : column.frequent.error();
    int bins = by.top().size();
    long[] counts = new long[bins + 2];
    long[] off = new long[bins + 2];
    long others = column.values;
    for (int i = 0; i < bins; i++) {
      Category category = by.top().get(i);
      counts[i] = known.getOrDefault(category.value(), 0L) + error / 2;
      off[i] = error - error / 2;
      others -= counts[i];
      off[bins] += off[i];
    }
    counts[bins] = Math.max(0, others);
    counts[bins + 1] = column.nulls;
    double squares = Arrays.stream(off).mapToDouble(o -> (double) o * o).sum();
    return Optional.of(of(counts, off, Math.sqrt(squares)));
  }

  /** The column's own profile: of numbers, or of words. */
  static void describe(String name, ColumnSketch column, ProfileBuilder to) {
    Type type = column.type();
    if (type.typeId() != Type.TypeID.BOOLEAN && Keys.areLongs(type)) {
      ColumnSummary all = ColumnSummary.of(column, 0);
      Ranked ranked = ranked(column);
      to.numbers(
          name,
          ranked.rows(),
          i -> ranked.number(type, i),
          column.nulls,
          column.nans,
          all.mean(),
          all.stddev() * all.stddev());
    } else if (areWords(type)) {
      Map<String, Long> known = texts(column);
      long named = known.values().stream().mapToLong(c -> c).sum();
      to.categories(name, known, column.values - named, column.nulls);
    }
  }

  private static Ranked ranked(ColumnSketch column) {
    return column.exact() ? Ranked.of((LongCounts) column.counts) : column.quantiles.ranked();
  }

  /** Whether a profile may have its values as categories. */
  static boolean areWords(Type type) {
    return switch (type.typeId()) {
      case STRING, BOOLEAN, INTEGER, LONG, DATE, TIME, TIMESTAMP -> true;
      default -> false;
    };
  }

  /** The values that are known one by one, as texts, with at least how many rows each has. */
  static Map<String, Long> texts(ColumnSketch column) {
    Counts counts = column.exact() ? column.counts : column.frequent.kept();
    Map<String, Long> out = new HashMap<>();
    for (int slot = 0; slot < counts.slots(); slot++) {
      if (counts.count(slot) > 0) {
        Object value =
            counts instanceof LongCounts longs
                ? Keys.value(column.type(), longs.key(slot))
                : Keys.value(column.type(), ((BytesCounts) counts).key(slot));
        out.put(String.valueOf(value), counts.count(slot));
      }
    }
    return out;
  }

  private static Binned of(long[] counts, long[] off, double together) {
    return new Binned(
        Arrays.stream(counts).boxed().toList(),
        Arrays.stream(off).boxed().toList(),
        (long) Math.ceil(together));
  }
}

package dev.headwater.drift;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.ListColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sketch.Profile;
import dev.headwater.sketch.Profile.ColumnProfile;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * How far each column is from what a model was trained on, in each period and in all together.
 *
 * @param threshold the PSI above which a column has moved
 */
public record DriftReport(double threshold, List<Entry> entries) implements Serializable {
  /** Fewer rows a bin than this on average, and nothing is decided. */
  static final int LEAST_ROWS_PER_BIN = 10;

  /** The table a report is written to. */
  public static final Schema SCHEMA =
      new Schema(
          Types.NestedField.optional(1, "period_start", Types.TimestampType.withoutZone()),
          Types.NestedField.required(2, "column", Types.StringType.get()),
          Types.NestedField.required(3, "rows", Types.LongType.get()),
          Types.NestedField.required(4, "reference_rows", Types.LongType.get()),
          Types.NestedField.required(5, "psi", Types.DoubleType.get()),
          Types.NestedField.optional(6, "js", Types.DoubleType.get()),
          Types.NestedField.optional(7, "ks", Types.DoubleType.get()),
          Types.NestedField.required(8, "moved", Types.BooleanType.get()),
          Types.NestedField.required(9, "reason", Types.StringType.get()),
          Types.NestedField.required(
              10, "reference_counts", Types.ListType.ofRequired(11, Types.LongType.get())),
          Types.NestedField.required(
              12, "current_counts", Types.ListType.ofRequired(13, Types.LongType.get())),
          Types.NestedField.optional(14, "psi_low", Types.DoubleType.get()),
          Types.NestedField.optional(15, "psi_high", Types.DoubleType.get()),
          Types.NestedField.optional(16, "told_by", Types.StringType.get()));

  public DriftReport {
    entries = List.copyOf(entries);
  }

  /**
   * One column in one period.
   *
   * @param periodStart microseconds; Java's null for all rows together
   * @param psiLow the least that the PSI may be, in 99 of 100 cases; the PSI where rows were
   *     counted
   * @param psiHigh the most that it may be
   * @param js the Jensen-Shannon distance in bits; NaN of no rows
   * @param ks the Kolmogorov-Smirnov distance over the bins; NaN for categories and of no rows
   * @param reason why it has moved or not, for people
   * @param reference rows in each bin, then NaN (numbers) or other values, then null
   * @param current the same of the current rows
   * @param sketched whether a count was told from sketches; the others are of rows that were read
   */
  public record Entry(
      @Nullable Long periodStart,
      String column,
      double psi,
      double psiLow,
      double psiHigh,
      double js,
      double ks,
      boolean moved,
      String reason,
      List<Long> reference,
      List<Long> current,
      boolean sketched)
      implements Serializable {
    public Entry {
      reference = List.copyOf(reference);
      current = List.copyOf(current);
    }

    public long rows() {
      return current.stream().mapToLong(c -> c).sum();
    }

    public long referenceRows() {
      return reference.stream().mapToLong(c -> c).sum();
    }
  }

  /** Compares counts with the profile that they were counted by. */
  public static DriftReport of(Profile profile, DriftCounts counts, double threshold) {
    return of(profile, null, counts, threshold);
  }

  /**
   * Compares counts with others in the same bins.
   *
   * @param reference null: the profile's own counts
   */
  public static DriftReport of(
      Profile profile, @Nullable DriftCounts reference, DriftCounts counts, double threshold) {
    List<@Nullable Long> periods = new ArrayList<>();
    periods.add(null);
    periods.addAll(counts.periods());
    List<Entry> out = new ArrayList<>();
    for (Long period : periods) {
      for (int c = 0; c < profile.columns().size(); c++) {
        ColumnProfile column = profile.columns().get(c);
        Comparison.Side then =
            reference == null
                ? new Comparison.Side(DriftCounts.reference(column), new long[0], column)
                : new Comparison.Side(reference, null, c, column);
        Comparison.Side now = new Comparison.Side(counts, period, c, column);
        out.add(Comparison.of(period, column, then, now, threshold));
      }
    }
    return new DriftReport(threshold, out);
  }

  /** The columns of which sketches leave open whether they moved: of those rows must be read. */
  public Set<String> open() {
    Set<String> out = new TreeSet<>();
    for (Entry e : entries) {
      boolean few = e.rows() < (long) LEAST_ROWS_PER_BIN * e.current().size();
      if (e.psiLow() <= threshold && e.psiHigh() > threshold && e.psiLow() < e.psiHigh() && !few) {
        out.add(e.column());
      }
    }
    return out;
  }

  /** The entries of some columns only. */
  public DriftReport without(Set<String> columns) {
    return new DriftReport(
        threshold, entries.stream().filter(e -> !columns.contains(e.column())).toList());
  }

  /** With the entries of other columns; all together first, then period by period. */
  public DriftReport and(DriftReport other) {
    List<Entry> all = new ArrayList<>(entries);
    all.addAll(other.entries);
    all.sort(
        java.util.Comparator.comparing(
            Entry::periodStart,
            java.util.Comparator.nullsFirst(java.util.Comparator.naturalOrder())));
    return new DriftReport(threshold, all);
  }

  /** The columns that moved in all rows together, the farthest first. */
  public List<Entry> moved() {
    return entries.stream()
        .filter(e -> e.periodStart() == null && e.moved())
        .sorted(java.util.Comparator.comparingDouble(Entry::psi).reversed())
        .toList();
  }

  /** What moved, and when, a line each. */
  public String explain() {
    StringBuilder out = new StringBuilder();
    for (Entry entry : moved()) {
      out.append(entry.column()).append(": ").append(entry.reason()).append('\n');
      for (Entry e : entries) {
        Long start = e.periodStart();
        if (start != null && e.moved() && e.column().equals(entry.column())) {
          LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(start, 86_400_000_000L));
          out.append("  from ").append(day).append(": ").append(e.reason()).append('\n');
        }
      }
    }
    return out.isEmpty() ? "No column moved beyond a PSI of " + threshold + ".\n" : out.toString();
  }

  /** The report as rows of {@link #SCHEMA}: all together first (null period), then by period. */
  public RowBatch toBatch() {
    int n = entries.size();
    long[] starts = new long[n];
    long[] whole = new long[Bits.words(n)];
    long[] noJs = new long[Bits.words(n)];
    long[] noKs = new long[Bits.words(n)];
    double[] js = new double[n];
    double[] ks = new double[n];
    boolean[] moved = new boolean[n];
    for (int i = 0; i < n; i++) {
      Entry e = entries.get(i);
      Long start = e.periodStart();
      starts[i] = start == null ? 0 : start;
      whole[i >>> 6] |= start == null ? 1L << i : 0;
      js[i] = Double.isNaN(e.js()) ? 0 : e.js();
      noJs[i >>> 6] |= Double.isNaN(e.js()) ? 1L << i : 0;
      ks[i] = Double.isNaN(e.ks()) ? 0 : e.ks();
      noKs[i >>> 6] |= Double.isNaN(e.ks()) ? 1L << i : 0;
      moved[i] = e.moved();
    }
    return RowBatch.of(
        SCHEMA,
        n,
        List.of(
            LongColumn.of(starts, Bits.of(whole, n)),
            BytesColumn.ofStrings(entries.stream().map(Entry::column).toArray(String[]::new)),
            LongColumn.of(entries.stream().mapToLong(Entry::rows).toArray(), null),
            LongColumn.of(entries.stream().mapToLong(Entry::referenceRows).toArray(), null),
            DoubleColumn.of(entries.stream().mapToDouble(Entry::psi).toArray(), null),
            DoubleColumn.of(js, Bits.of(noJs, n)),
            DoubleColumn.of(ks, Bits.of(noKs, n)),
            BooleanColumn.of(moved, null),
            BytesColumn.ofStrings(entries.stream().map(Entry::reason).toArray(String[]::new)),
            lists(entries.stream().map(Entry::reference).toList()),
            lists(entries.stream().map(Entry::current).toList()),
            DoubleColumn.of(entries.stream().mapToDouble(Entry::psiLow).toArray(), null),
            DoubleColumn.of(entries.stream().mapToDouble(Entry::psiHigh).toArray(), null),
            BytesColumn.ofStrings(
                entries.stream()
                    .map(e -> e.sketched() ? "sketches" : "rows")
                    .toArray(String[]::new))));
  }

  private static ListColumn lists(List<List<Long>> rows) {
    int[] offsets = new int[rows.size() + 1];
    for (int i = 0; i < rows.size(); i++) {
      offsets[i + 1] = offsets[i] + rows.get(i).size();
    }
    long[] all = rows.stream().flatMap(List::stream).mapToLong(c -> c).toArray();
    return ListColumn.of(offsets, LongColumn.of(all, null), null);
  }
}

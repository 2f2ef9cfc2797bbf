package dev.headwater.drift;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.ListColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sketch.Profile;
import dev.headwater.sketch.Profile.Categories;
import dev.headwater.sketch.Profile.ColumnProfile;
import dev.headwater.sketch.Profile.Numbers;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
              12, "current_counts", Types.ListType.ofRequired(13, Types.LongType.get())));

  public DriftReport {
    entries = List.copyOf(entries);
  }

  /**
   * One column in one period.
   *
   * @param periodStart microseconds; Java's null for all rows together
   * @param js the Jensen-Shannon distance in bits; NaN of no rows
   * @param ks the Kolmogorov-Smirnov distance over the bins; NaN for categories and of no rows
   * @param reason why it has moved or not, for people
   * @param reference rows in each bin, then NaN (numbers) or other values, then null
   * @param current the same of the current rows
   */
  public record Entry(
      @Nullable Long periodStart,
      String column,
      double psi,
      double js,
      double ks,
      boolean moved,
      String reason,
      List<Long> reference,
      List<Long> current)
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
    List<@Nullable Long> periods = new ArrayList<>();
    periods.add(null);
    periods.addAll(counts.periods());
    List<Entry> out = new ArrayList<>();
    for (Long period : periods) {
      for (int c = 0; c < profile.columns().size(); c++) {
        long[] current = counts.counts(period, c);
        ColumnProfile column = profile.columns().get(c);
        long[] shown = current.length == 0 ? new long[DriftCounts.slots(column)] : current;
        out.add(entry(period, column, shown, threshold));
      }
    }
    return new DriftReport(threshold, out);
  }

  private static Entry entry(
      @Nullable Long period, ColumnProfile column, long[] current, double threshold) {
    long[] reference = DriftCounts.reference(column);
    double psi = Distances.psi(reference, current);
    int bins = column instanceof Numbers n ? n.counts().size() : 0;
    long rows = Distances.sum(current, current.length);
    boolean few = rows < (long) LEAST_ROWS_PER_BIN * current.length;
    boolean moved = psi > threshold && !few;
    String measure = String.format(Locale.ROOT, "PSI %.3f", psi);
    String reason =
        few
            ? rows + " rows are too few for " + current.length + " bins"
            : moved
                ? measure + " is above " + threshold + ": " + what(column, reference, current)
                : measure + " is at most " + threshold;
    return new Entry(
        period,
        column.name(),
        psi,
        Distances.jensenShannon(reference, current),
        column instanceof Numbers
            ? Distances.kolmogorovSmirnov(reference, current, bins)
            : Double.NaN,
        moved,
        reason,
        java.util.Arrays.stream(reference).boxed().toList(),
        java.util.Arrays.stream(current).boxed().toList());
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
            lists(entries.stream().map(Entry::current).toList())));
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

package dev.headwater.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sketch.Profile;
import dev.headwater.sketch.Profile.Numbers;
import dev.headwater.sketch.ProfileBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class DriftTest {
  private static final long DAY = 86_400_000_000L;
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.optional(1, "date", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(2, "x", Types.DoubleType.get()),
          Types.NestedField.optional(3, "origin", Types.StringType.get()));

  private static Profile profile() {
    double[] sorted = new double[2_000];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = i;
    }
    return ProfileBuilder.of(2_000)
        .numbers("x", sorted, 0, 0)
        .categories("origin", Map.of("SFO", 1_500L, "JFK", 500L), 0)
        .build();
  }

  private static RowBatch batch(int n, double shift, String origin) {
    long[] dates = new long[n];
    double[] x = new double[n];
    String[] origins = new String[n];
    for (int i = 0; i < n; i++) {
      dates[i] = (11_474 + 7L * (i / 4 % 2)) * DAY;
      x[i] = i * 2_000.0 / n + shift;
      origins[i] = i % 4 == 0 ? "JFK" : origin;
    }
    return RowBatch.of(
        SCHEMA,
        n,
        List.of(LongColumn.of(dates, null), DoubleColumn.of(x), BytesColumn.ofStrings(origins)));
  }

  private static DriftReport report(RowBatch... batches) {
    CountDrift count = new CountDrift(profile(), "date", Period.WEEK);
    for (RowBatch batch : batches) {
      count.accept(batch);
    }
    return DriftReport.of(profile(), count.finish().get(0), 0.2);
  }

  @Test
  void theSameDataHasNotMoved() {
    DriftReport report = report(batch(2_000, 0, "SFO"));
    assertThat(report.moved()).isEmpty();
    assertThat(report.entries()).hasSize(6).allMatch(e -> e.psi() < 0.01);
    assertThat(report.explain()).isEqualTo("No column moved beyond a PSI of 0.2.\n");
  }

  @Test
  void saysWhatMovedAndWhen() {
    DriftReport report = report(batch(2_000, 1_000, "LAX"));
    assertThat(report.moved()).extracting(DriftReport.Entry::column).contains("x", "origin");
    assertThat(report.explain())
        .contains("origin: PSI")
        .contains("'SFO' went from 75.0% to 0.0% of the rows")
        .contains("  from 2001-05-28: ");
    RowBatch rows = report.toBatch();
    assertThat(rows.size()).isEqualTo(6);
    assertThat(rows.column("period_start").isNull(0)).isTrue();
    assertThat(rows.column("moved").isNull(0)).isFalse();
  }

  @Test
  void decidesNothingOnFewRows() {
    DriftReport report = report(batch(40, 1_000, "LAX"));
    assertThat(report.moved()).extracting(DriftReport.Entry::column).doesNotContain("x");
    assertThat(report.entries().get(0).reason()).isEqualTo("40 rows are too few for 22 bins");
  }

  @Test
  void namesAColumnThatIsNotThere() {
    Profile profile = ProfileBuilder.of(1).numbers("y", new double[] {1}, 0, 0).build();
    CountDrift count = new CountDrift(profile, null, Period.DAY);
    assertThatThrownBy(() -> count.accept(batch(4, 0, "SFO")))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot compare column y, which the model was trained on")
        .hasMessageContaining("Fix: ");
  }

  @Property(tries = 200)
  void binsHoldEveryRowOnceInAnyOrder(
      @ForAll @Size(min = 1, max = 300) List<@IntRange(min = -5, max = 40) Integer> values,
      @ForAll @IntRange(min = 0, max = 300) int cut) {
    double[] sorted = values.stream().mapToDouble(v -> v / 4.0).sorted().toArray();
    Profile profile = ProfileBuilder.of(sorted.length).numbers("x", sorted, 0, 0).build();
    Numbers numbers = (Numbers) profile.columns().get(0);
    long[] naive = new long[numbers.counts().size()];
    for (double v : sorted) {
      naive[(int) numbers.edges().stream().filter(e -> e <= v).count()]++;
    }
    assertThat(numbers.counts()).containsExactly(Arrays.stream(naive).boxed().toArray(Long[]::new));
    assertThat(numbers.mean()).isCloseTo(Arrays.stream(sorted).average().orElse(0), within(1e-9));
    assertThat(Profile.fromJson(profile.toJson())).isEqualTo(profile);

    int at = Math.min(cut, sorted.length);
    DriftCounts whole = count(profile, sorted);
    DriftCounts parts =
        count(profile, Arrays.copyOfRange(sorted, at, sorted.length))
            .merge(count(profile, Arrays.copyOf(sorted, at)));
    assertThat(parts.counts(null, 0)).isEqualTo(whole.counts(null, 0));
    assertThat(DriftReport.of(profile, whole, 0.2).entries().get(0).psi()).isZero();
  }

  private static DriftCounts count(Profile profile, double[] values) {
    CountDrift count = new CountDrift(profile, null, Period.DAY);
    Schema schema = SCHEMA.select("x");
    count.accept(RowBatch.of(schema, values.length, DoubleColumn.of(values)));
    return count.finish().get(0);
  }

  @Property(tries = 200)
  void distancesAreThoseOfTheBooks(
      @ForAll @Size(5) List<@IntRange(min = 0, max = 50) Integer> a,
      @ForAll @Size(5) List<@IntRange(min = 0, max = 50) Integer> b) {
    long[] p = a.stream().mapToLong(v -> v).toArray();
    long[] q = b.stream().mapToLong(v -> v).toArray();
    assertThat(Distances.psi(p, q)).isGreaterThanOrEqualTo(0);
    assertThat(Distances.psi(p, q)).isCloseTo(Distances.psi(q, p), within(1e-12));
    double n = Arrays.stream(p).sum();
    double m = Arrays.stream(q).sum();
    if (n > 0 && m > 0) {
      double js = 0;
      double ks = 0;
      double cumulative = 0;
      for (int i = 0; i < p.length; i++) {
        double x = p[i] / n;
        double y = q[i] / m;
        js += x == 0 ? 0 : x * Math.log(2 * x / (x + y)) / Math.log(2) / 2;
        js += y == 0 ? 0 : y * Math.log(2 * y / (x + y)) / Math.log(2) / 2;
        cumulative += x - y;
        ks = Math.max(ks, Math.abs(cumulative));
      }
      assertThat(Distances.jensenShannon(p, q)).isCloseTo(Math.sqrt(Math.max(0, js)), within(1e-6));
      assertThat(Distances.kolmogorovSmirnov(p, q, 5)).isCloseTo(ks, within(1e-12));
    }
  }

  @Property(tries = 200)
  void boundsHoldEveryDistanceThatThereMayBe(
      @ForAll @Size(6) List<@IntRange(min = 1, max = 500) Integer> a,
      @ForAll @Size(6) List<@IntRange(min = 1, max = 500) Integer> b,
      @ForAll @Size(12) List<@IntRange(min = 0, max = 40) Integer> moved) {
    long[] p = a.stream().mapToLong(v -> v).toArray();
    long[] q = b.stream().mapToLong(v -> v).toArray();
    long[] off = {40, 40, 40, 40, 40, 40, 98};
    double[] bounds = PsiBounds.of(p, off, q, off);
    double[] one = PsiBounds.of(p, off, q, new long[7]);
    double[] exact = PsiBounds.of(p, new long[7], q, new long[7]);
    assertThat(exact[0]).isCloseTo(Distances.psi(p, q), within(1e-12));
    assertThat(exact[1]).isCloseTo(Distances.psi(p, q), within(1e-12));
    for (int i = 0; i < 6; i += 2) {
      move(p, i, moved.get(i));
    }
    // An empty bin that may hold rows is counted as one, which gives all shares a little more.
    double extra = 6.0 / (1 + Math.min(Arrays.stream(p).sum(), Arrays.stream(q).sum()));
    assertThat(Distances.psi(p, q)).isBetween(one[0] - extra, one[1] + extra);
    for (int i = 0; i < 6; i += 2) {
      move(q, i, moved.get(i + 1));
    }
    assertThat(Distances.psi(p, q)).isBetween(bounds[0] - extra, bounds[1] + extra);
  }

  private static void move(long[] counts, int from, int rows) {
    long n = Math.min(counts[from], rows);
    counts[from] -= n;
    counts[from + 1] += n;
  }
}

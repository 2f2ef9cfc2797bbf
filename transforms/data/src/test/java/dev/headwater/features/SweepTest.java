package dev.headwater.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.aggregate.KeyedRows;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.features.FeatureOracle.Row;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchSink;
import dev.headwater.table.TimeBuckets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.iceberg.Schema;
import org.apache.iceberg.inmemory.InMemoryFileIO;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SweepTest {
  private static final Schema SOURCE =
      new Schema(
          Types.NestedField.optional(1, "k", Types.StringType.get()),
          Types.NestedField.optional(2, "t", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(3, "known_at", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(4, "x", Types.LongType.get()),
          Types.NestedField.optional(5, "y", Types.DoubleType.get()));

  /** The first values of the view need no value as it is. */
  private static final int COMBINING = 7;

  private static final long[] WIDTHS = {5, 20, 100};

  @Property(tries = 60)
  void holdsWhatTheNaiveWayHolds(
      @ForAll("rows") List<Row> rows,
      @ForAll @IntRange(min = 1, max = 5) int shards,
      @ForAll @IntRange(min = 1, max = 4) int groups,
      @ForAll long seed)
      throws IOException {
    assertThat(swept(view(List.of("k")), rows, Shards.byKey(shards), groups, seed))
        .isEqualTo(expected(rows));
  }

  @Property(tries = 60)
  void holdsTheSameWhereEventsOfOneMomentAreMadeOne(
      @ForAll("rows") List<Row> rows,
      @ForAll @IntRange(min = 1, max = 5) int shards,
      @ForAll @IntRange(min = 1, max = 4) int groups,
      @ForAll long seed)
      throws IOException {
    FeatureView all = view(List.of("k"));
    Map<String, String> values = new LinkedHashMap<>();
    all.values().entrySet().stream()
        .limit(COMBINING)
        .forEach(value -> values.put(value.getKey(), value.getValue()));
    FeatureView view =
        new FeatureView("v", all.keys(), all.time(), all.known(), all.windows(), values);
    assertThat(query(view).combines()).isTrue();
    Map<List<Object>, List<@Nullable Object>> expected = new LinkedHashMap<>();
    expected(rows)
        .forEach((point, row) -> expected.put(point, row.subList(0, COMBINING * WIDTHS.length)));
    assertThat(swept(view, rows, Shards.byKey(shards), groups, seed)).isEqualTo(expected);
  }

  @Property(tries = 40)
  void aViewWithoutAKeyIsTheSameInAnyBuckets(
      @ForAll("rows") List<Row> rows,
      @ForAll @IntRange(min = 1, max = 60) int width,
      @ForAll @IntRange(min = 1, max = 5) int count,
      @ForAll long seed)
      throws IOException {
    List<Row> all = rows.stream().map(r -> new Row("", r.time(), r.known(), r.x(), r.y())).toList();
    Shards shards = Shards.byTime(new TimeBuckets(-30, width, count), 100);
    assertThat(swept(view(List.of()), all, shards, 2, seed)).isEqualTo(expected(all));
  }

  @Test
  void seesOnlyWhatWasKnownStrictlyBefore() throws IOException {
    List<Row> rows =
        List.of(
            new Row("a", 0L, 10L, 1L, null),
            new Row("a", 10L, 1_000L, 2L, null),
            new Row("a", 11L, 1_000L, 3L, null),
            new Row("a", 15L, 1_000L, 4L, null),
            new Row("a", 16L, 1_000L, 5L, null));
    Map<List<Object>, List<@Nullable Object>> out =
        swept(view(List.of("k")), rows, Shards.byKey(1), 1, 0);
    // Known at 10: in the window of width 5 after 10 (never at it) and up to 15.
    assertThat(rowsSeen(out, 10L)).isEqualTo(0L);
    assertThat(rowsSeen(out, 11L)).isEqualTo(1L);
    assertThat(rowsSeen(out, 15L)).isEqualTo(1L);
    assertThat(rowsSeen(out, 16L)).isEqualTo(0L);
  }

  /** {@code rows_5us} of key a. */
  private static @Nullable Object rowsSeen(
      Map<List<Object>, List<@Nullable Object>> out, long time) {
    List<@Nullable Object> row = out.get(List.<Object>of("a", time));
    assertThat(row).isNotNull();
    return row.get(0);
  }

  @Test
  void countsTheRowsThatHaveNoPlace() throws IOException {
    List<Row> rows =
        List.of(
            new Row(null, 1L, 1L, 1L, null),
            new Row("a", null, 1L, 1L, null),
            new Row("a", 2L, null, 1L, null),
            new Row("a", 3L, 1L, 1L, null));
    Path folder = Files.createTempDirectory("sweep");
    Spilled spilled = spill(query(view(List.of("k"))), Shards.byKey(1), folder, rows);
    assertThat(spilled.in()).isEqualTo(4);
    assertThat(spilled.pointless()).isEqualTo(2);
    assertThat(spilled.neverKnown()).isEqualTo(1);
    delete(folder);
  }

  @Provide
  Arbitrary<List<Row>> rows() {
    Arbitrary<String> keys = Arbitraries.of("a", "b", "", "\u0000", "långt").injectNull(0.05);
    Arbitrary<Long> times = Arbitraries.longs().between(-50, 150);
    Arbitrary<Long> x =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 30), Arbitraries.longs().between(-1L << 56, 1L << 56));
    Arbitrary<Double> y =
        Arbitraries.oneOf(
            Arbitraries.of(Double.NaN, Double.POSITIVE_INFINITY, -0.0, Double.MIN_VALUE, 1e300),
            Arbitraries.doubles().between(-1e6, 1e6).ofScale(4),
            Arbitraries.longs().map(Double::longBitsToDouble));
    return Combinators.combine(
            keys,
            times.injectNull(0.03),
            times.injectNull(0.05),
            x.injectNull(0.1),
            y.injectNull(0.1))
        .as(Row::new)
        .list()
        .ofMaxSize(40);
  }

  private static FeatureView view(List<String> keys) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("rows", "count(*)");
    values.put("xs", "count(x)");
    values.put("x_sum", "sum(x)");
    values.put("x_mean", "avg(x)");
    values.put("late", "share(x > 15)");
    values.put("x_min", "min(x)");
    values.put("x_max", "max(x)");
    values.put("x_var", "variance(x)");
    values.put("y_sum", "sum(y)");
    values.put("y_mean", "avg(y)");
    values.put("y_min", "min(y)");
    values.put("y_max", "max(y)");
    values.put("y_var", "variance(y)");
    List<Window> windows = Arrays.stream(WIDTHS).mapToObj(w -> new Window(w + "us", w)).toList();
    return new FeatureView("v", keys, "t", "known_at", windows, values);
  }

  private static FeatureQuery query(FeatureView view) {
    return new FeatureQuery(view, SOURCE);
  }

  private static Map<List<Object>, List<@Nullable Object>> expected(List<Row> rows) {
    Map<List<Object>, List<@Nullable Object>> out = new LinkedHashMap<>();
    for (Row row : rows) {
      String key = row.key();
      Long time = row.time();
      if (key != null && time != null) {
        out.put(List.of(key, time), FeatureOracle.values(rows, key, time, WIDTHS));
      }
    }
    return out;
  }

  /** Rows in another order, in groups that are spilled apart, met in shards. */
  private static Map<List<Object>, List<@Nullable Object>> swept(
      FeatureView view, List<Row> rows, Shards shards, int groups, long seed) throws IOException {
    List<Row> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(seed));
    FeatureQuery query = query(view);
    Path folder = Files.createTempDirectory("sweep");
    Map<Integer, List<RunRef>> met = new TreeMap<>();
    for (int g = 0; g < groups; g++) {
      List<Row> part =
          shuffled.subList(shuffled.size() * g / groups, shuffled.size() * (g + 1) / groups);
      for (RunRef run : spill(query, shards, folder, part).runs()) {
        met.computeIfAbsent(run.shard(), s -> new ArrayList<>()).add(run);
      }
    }
    Map<List<Object>, List<@Nullable Object>> out = new LinkedHashMap<>();
    Spill spill = Spill.in(folder.toString(), new InMemoryFileIO());
    for (List<RunRef> runs : met.values()) {
      try (RunMerge points = merge(spill, runs, SpillFeatures.POINTS);
          RunMerge events = merge(spill, runs, SpillFeatures.EVENTS);
          Rows sink = new Rows(view.keys().size(), out)) {
        new Sweep(query, sink).run(new KeyedRows(points), new KeyedRows(events));
      }
    }
    delete(folder);
    return out;
  }

  private static RunMerge merge(Spill spill, List<RunRef> runs, int stream) {
    return RunMerge.open(
        spill, runs.stream().filter(r -> r.stream() == stream).toList(), SpillFeatures.ORDER);
  }

  private static Spilled spill(FeatureQuery query, Shards shards, Path folder, List<Row> rows)
      throws IOException {
    Spill spill = Spill.in(folder.toString(), new InMemoryFileIO());
    try (BatchSink<Spilled> sink = SpillFeatures.source(query, shards, spill).open()) {
      RowBatchBuilder batch = new RowBatchBuilder(SOURCE);
      for (Row row : rows) {
        batch.append(row.key(), row.time(), row.known(), row.x(), row.y());
      }
      RowBatch all = batch.build();
      sink.accept(all.slice(0, all.size() / 2));
      sink.accept(all.slice(all.size() / 2, all.size()));
      return sink.finish().get(0);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** Rows by (key, time); a view without a key has the key "". */
  private static final class Rows implements BatchSink<String> {
    private final int keys;
    private final Map<List<Object>, List<@Nullable Object>> out;

    Rows(int keys, Map<List<Object>, List<@Nullable Object>> out) {
      this.keys = keys;
      this.out = out;
    }

    @Override
    public void accept(RowBatch batch) {
      List<Types.NestedField> fields = batch.schema().columns();
      for (int row = 0; row < batch.size(); row++) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
          values.add(Values.of(batch.column(i), fields.get(i).type(), row));
        }
        Object key = keys == 0 ? "" : values.get(0);
        Object time = values.get(keys);
        assertThat(key).isNotNull();
        assertThat(time).isNotNull();
        assertThat(out.put(List.of(key, time), values.subList(keys + 1, values.size()))).isNull();
      }
    }

    @Override
    public List<String> finish() {
      return List.of();
    }

    @Override
    public void close() {}
  }
}

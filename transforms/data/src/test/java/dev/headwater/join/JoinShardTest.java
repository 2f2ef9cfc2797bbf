package dev.headwater.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchSink;
import dev.headwater.table.TimeBuckets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

class JoinShardTest {
  private static final Schema SPINE =
      new Schema(
          Types.NestedField.optional(1, "at", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(2, "from_place", Types.StringType.get()),
          Types.NestedField.optional(3, "number", Types.IntegerType.get()),
          Types.NestedField.required(4, "id", Types.LongType.get()));
  private static final Schema VIEW =
      new Schema(
          Types.NestedField.required(1, "place", Types.StringType.get()),
          Types.NestedField.required(2, "num", Types.LongType.get()),
          Types.NestedField.required(3, "time", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(4, "value", Types.DoubleType.get()));
  private static final Schema ALL =
      new Schema(
          Types.NestedField.required(1, "time", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(2, "count", Types.LongType.get()));
  private static final Schema JOINED =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "here__value", Types.DoubleType.get()),
          Types.NestedField.optional(3, "all__count", Types.LongType.get()));

  record Row(@Nullable Long time, @Nullable String place, @Nullable Integer number) {}

  @Property(tries = 120)
  void everyRowMeetsItsRowOfEachView(
      @ForAll("rows") List<Row> rows,
      @ForAll @IntRange(min = 1, max = 12) int chunk,
      @ForAll @IntRange(min = 0, max = 4) int kept,
      @ForAll @IntRange(min = 1, max = 4) int buckets,
      @ForAll @IntRange(min = 1, max = 3) int files)
      throws IOException {
    Map<Long, List<@Nullable Object>> expected = new HashMap<>();
    for (int id = 0; id < rows.size(); id++) {
      Row row = rows.get(id);
      expected.put((long) id, Arrays.asList(value(row), count(row)));
    }
    assertThat(joined(rows, rows, new JoinShard.Limits(chunk, kept), buckets, files))
        .isEqualTo(expected);
  }

  @Test
  void aRowThatAViewLacksFailsClearly() {
    List<Row> rows = List.of(new Row(1_000_000L, "ORD", 7));
    assertThatThrownBy(() -> joined(rows, List.of(), JoinShard.Limits.DEFAULT, 1, 1))
        .isInstanceOf(HeadwaterException.class)
        .hasMessage(
            "Cannot join rows with here: the view has no row at 1970-01-01T00:00:01Z for place"
                + " ORD, num 7. Fix: run the features stage again, so that the view has every"
                + " point of these rows.");
  }

  @Provide
  Arbitrary<List<Row>> rows() {
    return Combinators.combine(
            Arbitraries.longs().between(-5, 12).injectNull(0.05),
            Arbitraries.of("a", "b", "").injectNull(0.1),
            Arbitraries.integers().between(-1, 1).injectNull(0.1))
        .as(Row::new)
        .list()
        .ofMaxSize(80);
  }

  private static @Nullable Double value(Row row) {
    if (row.time == null || row.place == null || row.number == null) {
      return null;
    }
    return row.time % 5 == 0 ? null : row.time * 100.0 + row.place.length() * 10 + row.number;
  }

  private static @Nullable Long count(Row row) {
    return row.time == null ? null : row.time * 7;
  }

  /** The joined values by the spine's row. */
  private static Map<Long, List<@Nullable Object>> joined(
      List<Row> rows, List<Row> viewRows, JoinShard.Limits limits, int count, int files)
      throws IOException {
    JoinLayout spine =
        JoinLayout.of(
            SPINE,
            "at",
            List.of(List.of("from_place", "number"), List.of()),
            List.of("id"),
            Set.of());
    JoinLayout here =
        JoinLayout.of(VIEW, "time", List.of(List.of("place", "num")), List.of("value"), Set.of());
    JoinLayout all = JoinLayout.of(ALL, "time", List.of(List.of()), List.of("count"), Set.of());
    RowBatchBuilder spineRows = new RowBatchBuilder(SPINE);
    Map<List<Object>, @Nullable Double> values = new LinkedHashMap<>();
    Map<Long, @Nullable Long> counts = new LinkedHashMap<>();
    long id = 0;
    for (Row row : rows) {
      spineRows.append(row.time, row.place, row.number, id++);
    }
    for (Row row : viewRows) {
      if (row.time != null) {
        counts.put(row.time, count(row));
        if (row.place != null && row.number != null) {
          values.put(List.of(row.place, row.number, row.time), value(row));
        }
      }
    }
    RowBatchBuilder hereRows = new RowBatchBuilder(VIEW);
    values.forEach(
        (point, value) ->
            hereRows.append(
                point.get(0), ((Integer) point.get(1)).longValue(), point.get(2), value));
    RowBatchBuilder allRows = new RowBatchBuilder(ALL);
    counts.forEach(allRows::append);
    Path folder = Files.createTempDirectory("join");
    Spill spill = Spill.in(folder.toString(), new InMemoryFileIO());
    TimeBuckets buckets = new TimeBuckets(-3, 4, count);
    Map<Integer, List<RunRef>> met = new TreeMap<>();
    spill(spine, buckets, spill, 0, spineRows.build(), files, met);
    spill(here, buckets, spill, 1, hereRows.build(), files, met);
    spill(all, buckets, spill, 2, allRows.build(), files, met);
    JoinShard join =
        new JoinShard("rows", List.of("here", "all"), spine, List.of(here, all), JOINED, limits);
    Map<Long, List<@Nullable Object>> out = new HashMap<>();
    for (List<RunRef> runs : met.values()) {
      join.run(spill, runs, new Rows(out));
    }
    try (Stream<Path> left = Files.list(folder)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
    return out;
  }

  private static void spill(
      JoinLayout layout,
      TimeBuckets buckets,
      Spill spill,
      int stream,
      RowBatch rows,
      int files,
      Map<Integer, List<RunRef>> met)
      throws IOException {
    for (int i = 0; i < files; i++) {
      try (BatchSink<RunRef> sink =
          SpillForJoin.factory(layout, buckets, null, spill, stream).open()) {
        sink.accept(rows.slice(rows.size() * i / files, rows.size() * (i + 1) / files));
        for (RunRef run : sink.finish()) {
          met.computeIfAbsent(run.shard(), s -> new ArrayList<>()).add(run);
        }
      }
    }
  }

  private record Rows(Map<Long, List<@Nullable Object>> out) implements BatchSink<String> {
    @Override
    public void accept(RowBatch batch) {
      for (int row = 0; row < batch.size(); row++) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          values.add(Values.of(batch.column(i), batch.schema().columns().get(i).type(), row));
        }
        Long id = (Long) values.get(0);
        assertThat(id).isNotNull();
        assertThat(out.put(id, values.subList(1, 3))).isNull();
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

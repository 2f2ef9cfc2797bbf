package dev.headwater.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.sketch.ColumnSummary.Frequency;
import dev.headwater.sketch.ColumnSummary.Spread;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import org.apache.datasketches.common.Family;
import org.apache.datasketches.theta.UpdateSketch;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sketches against exact answers. */
final class SketchTest {
  private static final int ROWS = 25_000;

  private static Schema schema(Type type) {
    return new Schema(Types.NestedField.optional(7, "c", type));
  }

  private static TableSketch sketch(Type type, List<?> values, Map<String, String> properties) {
    Schema schema = schema(type);
    SketchBuilder builder = SketchBuilder.of(schema, properties);
    for (int from = 0; from < values.size(); from += 1_000) {
      RowBatchBuilder batch = new RowBatchBuilder(schema);
      values.subList(from, Math.min(values.size(), from + 1_000)).forEach(batch::append);
      builder.add(batch.build());
    }
    return builder.build();
  }

  private static ColumnSummary summary(TableSketch sketch) {
    return ColumnSummary.of(Objects.requireNonNull(sketch.column(7)), 10);
  }

  private static Spread spread(ColumnSummary summary) {
    return Objects.requireNonNull(summary.spread());
  }

  /** A value of the type, one of {@code distinct}. */
  private static IntFunction<Object> values(String type) {
    return i ->
        switch (type) {
          case "int", "date" -> 3 * i - 10_000;
          case "long", "time", "timestamp", "timestamptz" -> 1_000_003L * i;
          case "float" -> i / 8f - 1_000;
          case "double" -> (i - 5_000) * 1e-3;
          case "decimal(9, 2)" -> BigDecimal.valueOf(i - 700, 2);
          case "decimal(38, 10)" ->
              new BigDecimal(BigInteger.TEN.pow(25).multiply(BigInteger.valueOf(i - 50)), 10);
          case "string" -> "value " + i;
          case "uuid" -> new UUID(1_000_003L * i, i);
          case "binary" -> ByteBuffer.wrap(BigInteger.valueOf(i).toByteArray());
          case "boolean" -> i % 3 == 0;
          default -> throw new IllegalArgumentException(type);
        };
  }

  private static List<@Nullable Object> rows(String type, int distinct, long seed) {
    Random random = new Random(seed);
    IntFunction<Object> values = values(type);
    List<@Nullable Object> out = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      // A tenth null; one value in a fifth of the rows; the others alike.
      int kind = random.nextInt(10);
      out.add(kind == 0 ? null : values.apply(kind < 3 ? distinct / 2 : random.nextInt(distinct)));
    }
    return out;
  }

  private static final String[] TYPES = {
    "int",
    "date",
    "long",
    "time",
    "timestamp",
    "timestamptz",
    "float",
    "double",
    "decimal(9, 2)",
    "decimal(38, 10)",
    "string",
    "uuid",
    "binary",
    "boolean"
  };

  @ParameterizedTest
  @ValueSource(ints = {100, 3_000, 30_000})
  void isTrueOfEveryType(int distinct) {
    for (String name : TYPES) {
      Type type = Types.fromPrimitiveString(name);
      List<@Nullable Object> rows = rows(name, distinct, distinct);
      TableSketch sketch = sketch(type, rows, Map.of());
      check(type, rows, TableSketch.fromBytes(sketch.toBytes()), name + " of " + distinct);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 30_000})
  void partsMergeIntoTheWholeInWhateverOrder(int distinct) {
    for (String name : TYPES) {
      Type type = Types.fromPrimitiveString(name);
      List<@Nullable Object> rows = rows(name, distinct, 9);
      List<TableSketch> parts = new ArrayList<>();
      for (int from = 0; from < ROWS; from += ROWS / 5) {
        parts.add(sketch(type, rows.subList(from, from + ROWS / 5), Map.of()));
      }
      TableSketch left = new TableSketch();
      parts.forEach(left::merge);
      TableSketch right = new TableSketch();
      Collections.reverse(parts);
      TableSketch pair = new TableSketch().merge(parts.get(3)).merge(parts.get(4));
      right.merge(parts.get(0)).merge(parts.get(1)).merge(parts.get(2)).merge(pair);
      check(type, rows, left, name);
      check(type, rows, right, name);
      if (distinct == 100) {
        assertThat(left.toBytes()).as(name).isEqualTo(right.toBytes());
        assertThat(left.toBytes()).as(name).isEqualTo(sketch(type, rows, Map.of()).toBytes());
      }
    }
  }

  private static void check(Type type, List<@Nullable Object> rows, TableSketch sketch, String as) {
    List<Object> values = new ArrayList<>();
    Map<Object, Long> counts = new HashMap<>();
    for (Object row : rows) {
      if (row != null) {
        values.add(row);
        counts.merge(row, 1L, Long::sum);
      }
    }
    values.sort(Comparators.forType(type.asPrimitiveType()));
    ColumnSummary summary = summary(sketch);
    Spread spread = spread(summary);
    boolean exact = counts.size() <= ColumnSketch.EXACT;
    assertThat(sketch.rows()).as(as).isEqualTo(rows.size());
    assertThat(summary.values()).as(as).isEqualTo(values.size());
    assertThat(summary.nulls()).as(as).isEqualTo(rows.size() - values.size());
    assertThat(summary.min()).as(as).isEqualTo(values.get(0));
    assertThat(summary.max()).as(as).isEqualTo(values.get(values.size() - 1));
    // The interval is one of 95%, so a little room for the other 5.
    double size = counts.size();
    assertThat(size).as(as).isBetween(0.98 * spread.distinctLow(), 1.02 * spread.distinctHigh());
    assertThat(spread.distinct()).as(as).isCloseTo(counts.size(), within(0.05 * counts.size()));
    assertThat(spread.topError()).as(as).isLessThanOrEqualTo(exact ? 0 : values.size() / 513);
    long most = Collections.max(counts.values());
    assertThat(spread.top().get(0).rows()).as(as).isBetween(most - spread.topError(), most);
    for (Frequency frequency : spread.top()) {
      long rowsOfIt = counts.getOrDefault(frequency.value(), 0L);
      assertThat(frequency.rows()).as(as).isBetween(rowsOfIt - spread.topError(), rowsOfIt);
    }
    if (Keys.areNumbers(type)) {
      checkNumbers(type, values, summary, exact, as);
    } else {
      assertThat(summary.mean()).as(as).isNaN();
      assertThat(spread.points()).as(as).isNull();
    }
  }

  private static void checkNumbers(
      Type type, List<Object> values, ColumnSummary summary, boolean exact, String as) {
    double mean = values.stream().mapToDouble(SketchTest::number).average().orElseThrow();
    double variance =
        values.stream().mapToDouble(v -> Math.pow(number(v) - mean, 2)).average().orElseThrow();
    assertThat(summary.mean()).as(as).isCloseTo(mean, within(1e-9 * Math.sqrt(variance)));
    assertThat(summary.stddev())
        .as(as)
        .isCloseTo(Math.sqrt(variance), within(1e-9 * Math.sqrt(variance)));
    var points = Objects.requireNonNull(spread(summary).points());
    var order = Comparators.forType(type.asPrimitiveType());
    for (double share : new double[] {0.01, 0.25, 0.5, 0.75, 0.99}) {
      Object quantile = Objects.requireNonNull(points.quantile(share));
      if (exact && type.typeId() != Type.TypeID.DECIMAL) {
        int rank = Math.max(1, (int) Math.ceil(share * values.size()));
        assertThat(quantile).as(as).isEqualTo(values.get(rank - 1));
      } else {
        Object at =
            quantile instanceof Double d && type.typeId() == Type.TypeID.DECIMAL
                ? new BigDecimal(d)
                    .setScale(((Types.DecimalType) type).scale(), java.math.RoundingMode.HALF_EVEN)
                : quantile;
        long below = values.stream().filter(v -> order.compare(v, at) < 0).count();
        long upTo = values.stream().filter(v -> order.compare(v, at) <= 0).count();
        double slack = (Quantiles.ERROR + 0.005) * values.size();
        assertThat(share * values.size()).as(as).isBetween(below - slack, upTo + slack);
      }
    }
    long[] bars = points.histogram(8, 0, 1);
    assertThat(java.util.Arrays.stream(bars).sum()).as(as).isEqualTo(values.size());
  }

  private static double number(Object value) {
    return value instanceof Boolean b ? (b ? 1 : 0) : ((Number) value).doubleValue();
  }

  /** What Spark and Trino would have written for the same values. */
  @Test
  void thetaIsOfIcebergsBytes() {
    for (String name : TYPES) {
      Type type = Types.fromPrimitiveString(name);
      List<@Nullable Object> rows = rows(name, 2_000, 5);
      UpdateSketch theirs = UpdateSketch.builder().setFamily(Family.ALPHA).build();
      for (Object row : rows) {
        if (row != null) {
          theirs.update(Conversions.toByteBuffer(type, row));
        }
      }
      TableSketch sketch = sketch(type, rows, Map.of());
      assertThat(Objects.requireNonNull(sketch.column(7)).theta().toBytes())
          .as(name)
          .isEqualTo(theirs.compact().toByteArray());
    }
  }

  @Test
  void whatIsNoNumberIsCountedApart() {
    List<Double> rows = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      rows.add(i % 4 == 0 ? Double.NaN : i % 4 == 1 ? -0.0 : i % 4 == 2 ? 0.0 : i);
    }
    rows.add(Double.POSITIVE_INFINITY);
    rows.add(Double.NEGATIVE_INFINITY);
    ColumnSummary summary = summary(sketch(Types.DoubleType.get(), rows, Map.of()));
    assertThat(summary.values()).isEqualTo(10_002);
    assertThat(summary.nans()).isEqualTo(2_500);
    assertThat(summary.min()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(summary.max()).isEqualTo(Double.POSITIVE_INFINITY);
    double sum = rows.stream().filter(Double::isFinite).mapToDouble(d -> d).sum();
    assertThat(summary.mean()).isCloseTo(sum / 7_500, within(1e-9));
    // -0.0, 0.0, the odd ones, two infinities, NaN.
    assertThat(spread(summary).distinct()).isEqualTo(2_505);
    assertThat(spread(summary).top())
        .startsWith(new Frequency(-0.0, 2_500), new Frequency(0.0, 2_500));
  }

  @Test
  void nothingAndOnlyNullsAreKnownToBeThat() {
    for (String name : TYPES) {
      Type type = Types.fromPrimitiveString(name);
      for (int rows : new int[] {0, 1_500}) {
        List<@Nullable Object> nulls = new ArrayList<>(Collections.nCopies(rows, null));
        TableSketch sketch = TableSketch.fromBytes(sketch(type, nulls, Map.of()).toBytes());
        ColumnSummary summary = summary(sketch);
        assertThat(sketch.rows()).isEqualTo(rows);
        assertThat(summary.nulls()).isEqualTo(rows);
        assertThat(summary.values()).isZero();
        assertThat(summary.min()).isNull();
        assertThat(summary.mean()).isNaN();
        assertThat(spread(summary).distinct()).isZero();
        assertThat(spread(summary).top()).isEmpty();
      }
    }
  }

  @Test
  void dictionariesAreTheirValues() {
    Schema schema = schema(Types.StringType.get());
    Random random = new Random(2);
    SketchBuilder coded = SketchBuilder.of(schema, Map.of());
    SketchBuilder plain = SketchBuilder.of(schema, Map.of());
    for (int d = 0; d < 20; d++) {
      String[] words = new String[500];
      for (int i = 0; i < words.length; i++) {
        words[i] = "w" + (d * 100 + i);
      }
      BytesColumn dictionary = BytesColumn.ofStrings(words);
      for (int b = 0; b < 3; b++) {
        DictionaryColumn column =
            DictionaryColumn.of(random.ints(700, 0, 500).toArray(), dictionary, null);
        coded.add(RowBatch.of(schema, 700, column));
        plain.add(RowBatch.of(schema, 700, column.decode()));
      }
    }
    assertThat(coded.build().toBytes()).isEqualTo(plain.build().toBytes());
  }

  @Test
  void longStringsAreDistinctButNeverFrequent() {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      rows.add(i % 2 == 0 ? "short" : (char) ('a' + i % 20) + "x".repeat(500) + i);
    }
    ColumnSummary summary = summary(sketch(Types.StringType.get(), rows, Map.of()));
    assertThat(spread(summary).distinct()).isCloseTo(1_501, within(1.0));
    assertThat(spread(summary).top()).containsExactly(new Frequency("short", 1_500));
    assertThat(summary.min()).isEqualTo("b" + "x".repeat(127));
  }

  @Test
  void aColumnThatCameLaterIsNullBefore() {
    Schema before = new Schema(Types.NestedField.optional(1, "a", Types.LongType.get()));
    Schema after =
        new Schema(
            Types.NestedField.optional(1, "a", Types.LongType.get()),
            Types.NestedField.optional(7, "c", Types.LongType.get()));
    SketchBuilder old = SketchBuilder.of(before, Map.of());
    old.add(new RowBatchBuilder(before).append(1L).append(2L).build());
    SketchBuilder young = SketchBuilder.of(after, Map.of());
    young.add(new RowBatchBuilder(after).append(3L, 4L).build());
    ColumnSummary summary = summary(old.build().merge(young.build()));
    assertThat(summary.nulls()).isEqualTo(2);
    assertThat(summary.values()).isEqualTo(1);
  }

  @Test
  void aWidenedColumnKeepsItsCounts() {
    List<Integer> ints = List.of(1, 2, 2);
    List<Long> longs = List.of(2L, 5L);
    TableSketch narrow = sketch(Types.IntegerType.get(), ints, Map.of());
    ColumnSummary summary = summary(sketch(Types.LongType.get(), longs, Map.of()).merge(narrow));
    assertThat(summary.values()).isEqualTo(5);
    assertThat(summary.spread()).isNull();
  }

  @Test
  void aTableSaysHowMuchIsKept() {
    List<Integer> rows = List.of(1, 2, 3, 4);
    Type type = Types.IntegerType.get();
    ColumnSummary counts =
        summary(sketch(type, rows, Map.of(SketchSettings.COLUMN + "c", "counts")));
    assertThat(counts.spread()).isNull();
    assertThat(counts.mean()).isEqualTo(2.5);
    assertThat(counts.max()).isEqualTo(4);
    assertThat(sketch(type, rows, Map.of(SketchSettings.DEFAULT, "none")).columns()).isEmpty();
    assertThat(summary(sketch(type, rows, Map.of(SketchSettings.MOST, "0"))).spread()).isNull();
    assertThatThrownBy(() -> sketch(type, rows, Map.of(SketchSettings.DEFAULT, "all")))
        .hasMessage(
            "table property headwater.sketches.default is 'all'; write full, counts or none");
  }

  @Test
  void whatIsNotKnownOfSomeRowsIsNotTold() {
    Type type = Types.IntegerType.get();
    TableSketch known = sketch(type, List.of(1, 2), Map.of());
    TableSketch not = sketch(type, List.of(3), Map.of(SketchSettings.DEFAULT, "none"));
    assertThat(known.merge(not).column(7)).isNull();
    assertThat(known.rows()).isEqualTo(3);
  }

  @Test
  void aThousandColumnsOfDistinctValuesStaySmall() {
    List<Types.NestedField> fields = new ArrayList<>();
    for (int i = 1; i <= 1_000; i++) {
      fields.add(Types.NestedField.optional(i, "c" + i, Types.LongType.get()));
    }
    Schema schema = new Schema(fields);
    SketchBuilder builder = SketchBuilder.of(schema, Map.of());
    Random random = new Random(1);
    for (int b = 0; b < 10; b++) {
      RowBatchBuilder batch = new RowBatchBuilder(schema);
      for (int row = 0; row < 1_000; row++) {
        batch.append(random.longs(1_000).boxed().toArray());
      }
      builder.add(batch.build());
    }
    assertThat(builder.build().toBytes().length).isLessThan(6 << 20);
  }
}

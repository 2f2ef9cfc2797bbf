package dev.headwater.sketch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sketch.Profile.Categories;
import dev.headwater.sketch.Profile.Category;
import dev.headwater.sketch.Profile.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How far the rows of bins are off, of which only sketches are known. */
final class BinnedTest {
  private static final int SKETCHES = 100;
  private static final int ROWS = 30_000;
  private static final Schema X =
      new Schema(Types.NestedField.optional(1, "x", Types.DoubleType.get()));
  private static final Schema TEXT =
      new Schema(Types.NestedField.optional(1, "x", Types.StringType.get()));

  private static TableSketch sketch(double[] values, int parts) {
    TableSketch out = new TableSketch();
    int each = values.length / parts;
    for (int part = 0; part < parts; part++) {
      SketchBuilder builder = SketchBuilder.of(X, Map.of());
      for (int from = part * each; from < (part + 1) * each; from += 8_192) {
        int to = Math.min((part + 1) * each, from + 8_192);
        builder.add(
            RowBatch.of(X, to - from, DoubleColumn.of(Arrays.copyOfRange(values, from, to))));
      }
      out.merge(builder.build());
    }
    return out;
  }

  private static Binned binned(TableSketch sketch, Profile.ColumnProfile by) {
    ColumnSketch column = java.util.Objects.requireNonNull(sketch.column(1));
    return Binned.of(column, by).orElseThrow();
  }

  private static Numbers quantiles(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (Numbers)
        ProfileBuilder.of(sorted.length).numbers("x", sorted, 0, 0).build().columns().get(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20})
  void sharesOfNumbersAreWithinTheStatedErrorInNinetyNineOfHundred(int parts) {
    int sketches = SKETCHES / (parts == 1 ? 1 : 2);
    double[] worst = new double[sketches];
    double[] together = new double[sketches];
    for (int seed = 0; seed < sketches; seed++) {
      double[] values = new Random(seed).doubles(ROWS).toArray();
      Numbers exact = quantiles(values);
      Binned told = binned(sketch(values, parts), exact);
      assertThat(told.counts().stream().mapToLong(c -> c).sum()).isEqualTo(ROWS);
      for (int i = 0; i < exact.counts().size(); i++) {
        double off = Math.abs(told.counts().get(i) - exact.counts().get(i)) / (double) ROWS;
        worst[seed] = Math.max(worst[seed], off);
        together[seed] += off * off;
      }
      together[seed] = Math.sqrt(together[seed]);
    }
    Arrays.sort(worst);
    Arrays.sort(together);
    assertThat(worst[sketches - 2]).isLessThanOrEqualTo(Binned.ERROR);
    assertThat(together[sketches - 2]).isLessThanOrEqualTo(Binned.TOGETHER);
  }

  @Test
  void fewValuesAreExact() {
    double[] values = new Random(1).ints(ROWS, -10, 30).asDoubleStream().toArray();
    values[7] = -0.0;
    Binned told = binned(sketch(values, 20), quantiles(values));
    assertThat(told.counts().subList(0, told.counts().size() - 2))
        .isEqualTo(quantiles(values).counts());
    assertThat(told.off()).containsOnly(0L);
  }

  @Test
  void categoriesAreWithinWhatTheirCountsLeftOut() {
    Random random = new Random(2);
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      rows.add(i % 3 == 0 ? "common" + random.nextInt(20) : "rare" + random.nextInt(30_000));
    }
    Collections.shuffle(rows, random);
    SketchBuilder builder = SketchBuilder.of(TEXT, Map.of());
    for (int from = 0; from < rows.size(); from += 6_000) {
      String[] part = rows.subList(from, from + 6_000).toArray(String[]::new);
      builder.add(RowBatch.of(TEXT, part.length, BytesColumn.ofStrings(part)));
    }
    List<Category> top = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      top.add(new Category("common" + i, 1));
    }
    top.add(new Category("never", 1));
    Binned told = binned(builder.build(), new Categories("x", top, 0, 0));
    assertThat(told.counts().stream().mapToLong(c -> c).sum()).isEqualTo(rows.size());
    assertThat(told.off().get(0)).isPositive();
    long others = rows.size();
    for (int i = 0; i <= 20; i++) {
      String value = top.get(i).value();
      long exact = rows.stream().filter(value::equals).count();
      others -= exact;
      assertThat(Math.abs(told.counts().get(i) - exact)).isLessThanOrEqualTo(told.off().get(i));
    }
    assertThat(Math.abs(told.counts().get(21) - others)).isLessThanOrEqualTo(told.off().get(21));
  }
}

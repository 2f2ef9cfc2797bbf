package dev.headwater.pipelines.init;

import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.model.InputValues;
import dev.headwater.model.ModelInput;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;

/**
 * How well one input alone tells a label: the area under its ROC curve over some rows. What tells
 * it nearly always is as a rule known only afterwards.
 */
final class Telling {
  private final Schema schema;
  private final List<RowBatch> rows;
  private final Expression label;

  Telling(Look look, String label) {
    this.schema = look.schema();
    this.rows = look.some();
    this.label = Expression.parse(label, schema);
  }

  /** A row's value and whether its label is true. */
  private record Labelled(double value, boolean yes) {}

  /** From 0.5 (nothing) to 1 (all), in whatever direction; 0.5 if it can't be computed. */
  double auc(ModelInput input) {
    try {
      InputValues values = new InputValues(List.of(input), schema);
      Map<String, Integer> codes = new HashMap<>();
      List<Labelled> all = new java.util.ArrayList<>();
      for (RowBatch batch : rows) {
        Column column = values.columns(batch)[0];
        double[] numbers =
            values.doubles(0, column, text -> codes.computeIfAbsent(text, t -> codes.size()));
        BooleanColumn labels = (BooleanColumn) label.evaluate(batch);
        for (int row = 0; row < numbers.length; row++) {
          if (!labels.isNull(row)) {
            double value = Double.isNaN(numbers[row]) ? -1 : numbers[row];
            all.add(new Labelled(value, labels.values()[row]));
          }
        }
      }
      double area = area(values.isCategory(0) ? byShare(all, codes.size()) : all);
      return Math.max(area, 1 - area);
    } catch (ExpressionException e) {
      return 0.5;
    }
  }

  /** Categories as the share of their rows whose label is true. */
  private static List<Labelled> byShare(List<Labelled> all, int categories) {
    double[] yes = new double[categories + 1];
    double[] rows = new double[categories + 1];
    for (Labelled one : all) {
      int code = (int) one.value() + 1;
      yes[code] += one.yes() ? 1 : 0;
      rows[code]++;
    }
    return all.stream()
        .map(
            one -> {
              int code = (int) one.value() + 1;
              return new Labelled(yes[code] / rows[code], one.yes());
            })
        .toList();
  }

  private static double area(List<Labelled> all) {
    Labelled[] sorted = all.toArray(Labelled[]::new);
    Arrays.sort(sorted, java.util.Comparator.comparingDouble(Labelled::value));
    double ranks = 0;
    long yes = 0;
    for (int from = 0; from < sorted.length; ) {
      int to = from;
      long here = 0;
      while (to < sorted.length && sorted[to].value() == sorted[from].value()) {
        here += sorted[to++].yes() ? 1 : 0;
      }
      // Rows that tie share the middle of their ranks, which begin at 1.
      ranks += here * (from + 1 + to) / 2.0;
      yes += here;
      from = to;
    }
    long no = sorted.length - yes;
    return yes == 0 || no == 0 ? 0.5 : (ranks - yes * (yes + 1) / 2.0) / yes / no;
  }
}

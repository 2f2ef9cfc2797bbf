package dev.headwater.columns.expr;

import dev.headwater.columns.expr.Aggregate.Function;
import java.util.Map;

/** Aggregates by the names that are written. */
final class Aggregates {
  static final Map<String, Function> NAMES =
      Map.ofEntries(
          Map.entry("count", Function.COUNT),
          Map.entry("sum", Function.SUM),
          Map.entry("avg", Function.AVG),
          Map.entry("mean", Function.AVG),
          Map.entry("min", Function.MIN),
          Map.entry("max", Function.MAX),
          Map.entry("share", Function.SHARE),
          Map.entry("stddev", Function.STDDEV),
          Map.entry("stddev_samp", Function.STDDEV),
          Map.entry("variance", Function.VARIANCE),
          Map.entry("var_samp", Function.VARIANCE));

  private Aggregates() {}
}

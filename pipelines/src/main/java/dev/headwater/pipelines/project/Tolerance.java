package dev.headwater.pipelines.project;

import java.util.Map;

/**
 * How far numbers may be from those that a test expects: by so much of the greater of both, or by
 * so much where both are below 1.
 *
 * @param all of columns that are not named
 * @param columns by name
 */
public record Tolerance(double all, Map<String, Double> columns) {
  /** Sums are exact and rounded once: what is left is how a number is written. */
  public static final Tolerance DEFAULT = new Tolerance(1e-9, Map.of());

  public Tolerance {
    columns = Map.copyOf(columns);
  }

  /** Of one column. */
  public double of(String column) {
    return columns.getOrDefault(column, all);
  }
}

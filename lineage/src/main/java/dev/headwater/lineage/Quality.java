package dev.headwater.lineage;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured in a data set, and what a contract asserted about it.
 *
 * @param rows the rows that were looked at
 * @param columns by column, its figures
 * @param assertions the contract's rules with their results
 */
public record Quality(
    @Nullable Long rows, Map<String, ColumnFigures> columns, List<Assertion> assertions) {
  public Quality {
    columns = Map.copyOf(columns);
    assertions = List.copyOf(assertions);
  }

  /** Figures of one column; null where they are not known. Min, max and sum of numbers only. */
  public record ColumnFigures(
      @Nullable Long nulls,
      @Nullable Long distinct,
      @Nullable Long count,
      @Nullable Double sum,
      @Nullable Double min,
      @Nullable Double max,
      Map<Double, Double> quantiles) {
    public ColumnFigures {
      quantiles = Map.copyOf(quantiles);
    }
  }

  /**
   * One rule and what came of it.
   *
   * @param rule its class: {@code not_null}, {@code range}, {@code expression}
   * @param passed whether no row broke it
   * @param column the column it is about; null: the whole data set
   * @param severity {@code error} or {@code warn}
   * @param content the rule as it is written
   * @param expected the bound, as text
   * @param actual what was found, as text ("129 rows")
   */
  public record Assertion(
      String name,
      String rule,
      boolean passed,
      @Nullable String column,
      String severity,
      @Nullable String content,
      @Nullable String expected,
      @Nullable String actual) {}
}

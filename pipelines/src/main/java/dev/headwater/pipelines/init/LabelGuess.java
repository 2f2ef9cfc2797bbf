package dev.headwater.pipelines.init;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.pipelines.project.Draft;
import dev.headwater.sketch.ColumnSummary;
import dev.headwater.sketch.ColumnSummary.Frequency;
import dev.headwater.sketch.ColumnSummary.Points;
import dev.headwater.sketch.ColumnSummary.Spread;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What a model could tell.
 *
 * @param name for the model: its column's
 * @param sql a condition
 * @param reasons why it was taken, in sentences
 * @param columns that it is made of, which the model must not see
 */
record LabelGuess(String name, String sql, List<String> reasons, Set<String> columns) {
  private static final Set<String> YES =
      Set.of("yes", "y", "true", "t", "1", "positive", "pos", "fail", "failed", "bad", "late");

  /** Of the rarer of two values, so many rows must be there to learn from. */
  private static final long LEAST = 20;

  LabelGuess {
    reasons = List.copyOf(reasons);
    columns = Set.copyOf(columns);
  }

  /**
   * The best of the columns but the time.
   *
   * @param asked a column or a condition; null: guessed
   * @throws HeadwaterException USAGE if there is none
   */
  static LabelGuess of(Look look, @Nullable TimeGuess time, @Nullable String asked) {
    if (asked != null) {
      return asked(look, asked);
    }
    List<Types.NestedField> columns = new ArrayList<>(look.columns());
    // What is to be told often stands last.
    java.util.Collections.reverse(columns);
    columns.removeIf(c -> time != null && c.name().equals(time.column()));
    List<LabelGuess> two = new ArrayList<>();
    for (Types.NestedField column : columns) {
      of(look, column).ifPresent(two::add);
    }
    Optional<LabelGuess> named =
        two.stream().filter(guess -> Words.told(guess.columns().iterator().next())).findFirst();
    if (named.isPresent() || !two.isEmpty()) {
      return named.orElseGet(() -> two.get(0));
    }
    List<Types.NestedField> numbers =
        columns.stream().filter(c -> isNumber(c.type()) && !Words.key(c.name())).toList();
    return numbers.stream()
        .filter(c -> Words.told(c.name()))
        .findFirst()
        .or(() -> numbers.stream().findFirst())
        .flatMap(c -> above(look, c))
        .orElseThrow(
            () ->
                new HeadwaterException(
                    HeadwaterException.Kind.DATA,
                    "No column tells two kinds of rows apart: none has two values, none is a number.",
                    "say what the model shall tell, with a condition over the columns: --label"
                        + " \"status = 'paid'\"."));
  }

  private static LabelGuess asked(Look look, String asked) {
    Types.NestedField column = look.schema().findField(asked);
    if (column != null && column.type().typeId() != Type.TypeID.BOOLEAN) {
      return of(look, column)
          .or(() -> above(look, column))
          .map(g -> new LabelGuess(g.name(), g.sql(), List.of("--label names it."), g.columns()))
          .orElseThrow(
              () ->
                  new HeadwaterException(
                      HeadwaterException.Kind.USAGE,
                      "Column '" + asked + "' has neither two values nor numbers.",
                      "write a condition: --label \"" + Draft.column(asked) + " = '...'\"."));
    }
    String sql = column == null ? asked : Draft.column(asked);
    try {
      Expression condition = Expression.parse(sql, look.schema());
      if (condition.type().typeId() != Type.TypeID.BOOLEAN) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "--label `" + asked + "` is " + condition.type() + ", not true or false.",
            "write a condition, as in: delay > 15.");
      }
      String name = condition.columns().stream().findFirst().orElse("model");
      return new LabelGuess(name, sql, List.of("--label says it."), condition.columns());
    } catch (ExpressionException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot use --label `" + asked + "`: " + e.getMessage(),
          "write a column, or a condition over columns, as in: delay > 15.",
          e);
    }
  }

  /** A column of two values. */
  private static Optional<LabelGuess> of(Look look, Types.NestedField column) {
    ColumnSummary summary = look.column(column.name()).orElse(null);
    Spread spread = summary == null ? null : summary.spread();
    if (summary == null || spread == null || spread.distinct() != 2 || spread.top().size() != 2) {
      return Optional.empty();
    }
    Frequency rare = spread.top().get(1);
    if (rare.rows() < Math.min(LEAST, summary.values() / 4)) {
      return Optional.empty();
    }
    Object yes =
        spread.top().stream()
            .map(Frequency::value)
            .filter(value -> YES.contains(value.toString().toLowerCase(Locale.ROOT)))
            .findFirst()
            .orElse(rare.value());
    String sql =
        switch (column.type().typeId()) {
          case BOOLEAN -> Draft.column(column.name());
          case INTEGER, LONG, FLOAT, DOUBLE, DECIMAL -> Draft.column(column.name()) + " = " + yes;
          case STRING ->
              Draft.column(column.name()) + " = '" + yes.toString().replace("'", "''") + "'";
          default -> "";
        };
    String values = spread.top().get(0).value() + " and " + spread.top().get(1).value();
    String why =
        "Column "
            + column.name()
            + " has two values, "
            + values
            + (Words.told(column.name()) ? ", and a name of what one wants to be told." : ".");
    return sql.isEmpty()
        ? Optional.empty()
        : Optional.of(new LabelGuess(column.name(), sql, List.of(why), Set.of(column.name())));
  }

  /** Whether a number is among the greater ones. */
  private static Optional<LabelGuess> above(Look look, Types.NestedField column) {
    ColumnSummary summary = look.column(column.name()).orElse(null);
    Spread spread = summary == null ? null : summary.spread();
    Points points = spread == null ? null : spread.points();
    Object middle = points == null ? null : points.quantile(0.75);
    if (points == null || middle == null || !isNumber(column.type())) {
      return Optional.empty();
    }
    if (middle.equals(points.quantile(1)) || middle.equals(points.quantile(0))) {
      return Optional.empty();
    }
    String bound =
        middle instanceof Double || middle instanceof Float
            ? new BigDecimal(middle.toString()).toPlainString()
            : middle.toString();
    return Optional.of(
        new LabelGuess(
            column.name(),
            Draft.column(column.name()) + " > " + bound,
            List.of(
                "No column has two values. Whether "
                    + column.name()
                    + " is among its highest quarter stands in."),
            Set.of(column.name())));
  }

  private static boolean isNumber(Type type) {
    return switch (type.typeId()) {
      case INTEGER, LONG, FLOAT, DOUBLE, DECIMAL -> true;
      default -> false;
    };
  }
}

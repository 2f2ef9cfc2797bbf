package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import io.trino.sql.tree.FunctionCall;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate over rows: a function, what it takes, and which rows count, parsed from {@code
 * avg(delay)}, {@code count(*)} or {@code sum(x) filter (where y > 0)}. Says what is asked; whoever
 * sweeps the rows computes it.
 */
public final class Aggregate implements Serializable {
  private static final long serialVersionUID = 1;

  /** What is computed over the values that are not null. */
  public enum Function {
    /** Rows, or values that are not null: long, 0 of none. */
    COUNT,
    /** Of integers a long, of decimals decimal(38, s), of floating point a double; null of none. */
    SUM,
    /** A double; null of none. */
    AVG,
    /** The least value; null of none. */
    MIN,
    /** The greatest value; null of none. */
    MAX,
    /** How many of the conditions that are not null are true: a double from 0 to 1. */
    SHARE,
    /** The sample's standard deviation: a double; null of fewer than two. */
    STDDEV,
    /** The sample's variance: a double; null of fewer than two. */
    VARIANCE
  }

  private final Function function;
  private final String sql;
  private final @Nullable Expression argument;
  private final @Nullable Expression filter;

  private Aggregate(
      Function function, String sql, @Nullable Expression argument, @Nullable Expression filter) {
    this.function = function;
    this.sql = sql;
    this.argument = argument;
    this.filter = filter;
  }

  /**
   * Parses and checks an aggregate.
   *
   * @throws ExpressionException with all problems, if it is not one over this schema
   */
  public static Aggregate parse(String sql, Schema schema) {
    return of(sql, Parsing.parse(sql), schema);
  }

  /** A part of a text that has been parsed. */
  static Aggregate of(String sql, io.trino.sql.tree.Expression tree, Schema schema) {
    String name =
        tree instanceof FunctionCall f ? f.getName().getSuffix().toLowerCase(Locale.ROOT) : "";
    Function function = Aggregates.NAMES.get(name);
    if (!(tree instanceof FunctionCall call) || function == null) {
      Set<String> names = new java.util.TreeSet<>(Aggregates.NAMES.keySet());
      String what =
          name.isEmpty() || Functions.ALL.containsKey(name)
              ? "an aggregate is wanted: one of " + String.join(", ", names) + " over all of it."
              : "no aggregate '" + name + "'. " + Words.meant(name, names);
      throw new ExpressionException(sql, List.of(Compiler.at(tree, what)));
    }
    List<Problem> problems = new ArrayList<>();
    if (call.isDistinct() || call.getWindow().isPresent() || call.getOrderBy().isPresent()) {
      problems.add(Compiler.at(tree, name + " takes no DISTINCT, OVER or ORDER BY."));
    }
    int arguments = call.getArguments().size();
    if (arguments > 1 || (arguments == 0 && function != Function.COUNT)) {
      problems.add(Compiler.at(tree, name + " takes 1 argument, not " + arguments + "."));
    }
    Expression argument = null;
    if (arguments > 0) {
      argument = Expression.of(sql, call.getArguments().get(0), schema, problems);
      if (problems.isEmpty()) {
        check(function, name, argument.type(), tree, problems);
      }
    }
    Expression filter = null;
    if (call.getFilter().isPresent()) {
      filter = Expression.of(sql, call.getFilter().get(), schema, problems);
      if (!filter.type().equals(SqlTypes.BOOLEAN)) {
        String what = "FILTER takes a condition, not " + SqlTypes.name(filter.type()) + ".";
        problems.add(Compiler.at(call.getFilter().get(), what));
      }
    }
    if (!problems.isEmpty()) {
      throw new ExpressionException(sql, problems);
    }
    return new Aggregate(function, sql, argument, filter);
  }

  private static void check(
      Function function,
      String name,
      Type type,
      io.trino.sql.tree.Expression tree,
      List<Problem> problems) {
    String takes =
        switch (function) {
          case COUNT -> null;
          case SHARE -> type.equals(SqlTypes.BOOLEAN) ? null : "a condition (boolean)";
          case MIN, MAX ->
              SqlTypes.held(type) != SqlTypes.Held.NESTED && !type.equals(SqlTypes.UNKNOWN)
                  ? null
                  : "a scalar";
          default -> SqlTypes.isNumber(type) ? null : "a number";
        };
    if (takes != null) {
      problems.add(
          Compiler.at(tree, name + " takes " + takes + ", not " + SqlTypes.name(type) + "."));
    }
  }

  public Function function() {
    return function;
  }

  /** What it takes; absent for {@code count(*)}. */
  public Optional<Expression> argument() {
    return Optional.ofNullable(argument);
  }

  /** Which rows count; absent for all. */
  public Optional<Expression> filter() {
    return Optional.ofNullable(filter);
  }

  /** The type of its result. */
  public Type type() {
    Type type = argument == null ? SqlTypes.LONG : argument.type();
    return switch (function) {
      case COUNT -> SqlTypes.LONG;
      case MIN, MAX -> type;
      case SUM -> {
        if (type instanceof Types.DecimalType d) {
          yield Types.DecimalType.of(38, d.scale());
        }
        yield SqlTypes.isInteger(type) ? SqlTypes.LONG : SqlTypes.DOUBLE;
      }
      default -> SqlTypes.DOUBLE;
    };
  }

  /** The top-level columns it reads. */
  public Set<String> columns() {
    Set<String> out = new LinkedHashSet<>();
    argument().ifPresent(a -> out.addAll(a.columns()));
    filter().ifPresent(f -> out.addAll(f.columns()));
    return out;
  }

  /** One text for all ways to write the same aggregate. */
  public String canonical() {
    return function.name().toLowerCase(Locale.ROOT)
        + "("
        + argument().map(Expression::canonical).orElse("*")
        + ")"
        + filter().map(f -> " FILTER (WHERE " + f.canonical() + ")").orElse("");
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Aggregate a
        && function == a.function
        && argument().equals(a.argument())
        && filter().equals(a.filter());
  }

  @Override
  public int hashCode() {
    return canonical().hashCode();
  }

  @Override
  public String toString() {
    return sql;
  }
}

package dev.headwater.columns.expr;

import java.io.Serializable;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;

/**
 * An aggregate over rows: a function, what it takes, and which rows count, parsed from {@code
 * avg(delay)}, {@code count(*)} or {@code sum(x) filter (where y > 0)}. Says what is asked; whoever
 * sweeps the rows computes it.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Aggregate implements Serializable {
  private static final long serialVersionUID = 1;

  /** What is computed over the values that are not null. */
  public enum Function {
    /** Rows, or values that are not null: long, 0 of none. */
    COUNT,
    /** Of integers a long, of decimals a decimal, of floating point a double; null of none. */
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
  private final Expression argument;
  private final Expression filter;

  private Aggregate(Function function, String sql, Expression argument, Expression filter) {
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
    Expression all = Expression.parse("true", schema);
    return new Aggregate(Function.COUNT, sql, all, all);
  }

  public Function function() {
    return function;
  }

  /** What it takes; absent for {@code count(*)}. */
  public Optional<Expression> argument() {
    return Optional.of(argument);
  }

  /** Which rows count; absent for all. */
  public Optional<Expression> filter() {
    return Optional.of(filter);
  }

  /** The type of its result. */
  public Type type() {
    throw new UnsupportedOperationException("aggregates are not yet parsed");
  }

  /** The top-level columns it reads. */
  public Set<String> columns() {
    throw new UnsupportedOperationException("aggregates are not yet parsed");
  }

  /** One text for all ways to write the same aggregate. */
  public String canonical() {
    return sql;
  }

  @Override
  public String toString() {
    return sql;
  }
}

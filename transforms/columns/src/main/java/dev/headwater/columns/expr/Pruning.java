package dev.headwater.columns.expr;

import org.apache.iceberg.expressions.Expressions;

/**
 * What Iceberg can skip files and row groups by: a condition that is true wherever the expression
 * is, and perhaps elsewhere.
 */
public final class Pruning {
  private Pruning() {}

  /** An over-approximation of a boolean expression; always true where nothing is known. */
  public static org.apache.iceberg.expressions.Expression of(Expression expression) {
    return Expressions.alwaysTrue();
  }
}

package dev.headwater.columns.expr;

import dev.headwater.columns.expr.Comparison.Op;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * What Iceberg can skip files and row groups by: a condition that is true wherever the expression
 * is, or wherever it is not, and perhaps elsewhere.
 */
public final class Pruning {
  private Pruning() {}

  /** An over-approximation of a boolean expression; always true where nothing is known. */
  public static org.apache.iceberg.expressions.Expression of(Expression expression) {
    return of(expression.root(), false);
  }

  /**
   * A condition that is true wherever a boolean expression is false or null, and perhaps elsewhere.
   * A file that it rules out has only rows for which the expression is true.
   */
  public static org.apache.iceberg.expressions.Expression others(Expression expression) {
    return others(expression.root());
  }

  private static org.apache.iceberg.expressions.Expression others(Node node) {
    if (node instanceof Logic logic) {
      org.apache.iceberg.expressions.Expression out =
          logic.and ? Expressions.alwaysFalse() : Expressions.alwaysTrue();
      for (Node term : logic.children) {
        org.apache.iceberg.expressions.Expression one = others(term);
        out = logic.and ? Expressions.or(out, one) : Expressions.and(out, one);
      }
      return out;
    }
    if (node instanceof Constant c) {
      return Boolean.TRUE.equals(c.value) ? Expressions.alwaysFalse() : Expressions.alwaysTrue();
    }
    if (node instanceof Compare.IsNull || isNotNull(node)) {
      return of(node, true);
    }
    // Null where its column is.
    String name = node instanceof Read ? column(node) : null;
    if (node instanceof Compare compare && compare.right instanceof Constant c && c.value != null) {
      name = column(compare.left);
    } else if (node instanceof InList in && !in.withNull) {
      name = column(in.value);
    }
    return name == null
        ? Expressions.alwaysTrue()
        : Expressions.or(Expressions.isNull(name), of(node, true));
  }

  private static boolean isNotNull(Node node) {
    return node instanceof Logic.Not not && not.of instanceof Compare.IsNull;
  }

  /** The column that alone makes a value null; Java's null if there may be other reasons. */
  private static @Nullable String column(Node node) {
    Node of =
        node instanceof Cast cast
                && (SqlTypes.isInteger(cast.of().type) || SqlTypes.isDate(cast.of().type))
            ? cast.of()
            : node;
    // A field of a struct is null where the struct is, too.
    return of instanceof Read read && read.name.indexOf('.') < 0 ? read.name : null;
  }

  private static org.apache.iceberg.expressions.Expression of(Node node, boolean negated) {
    if (node instanceof Logic.Not not) {
      return of(not.of, !negated);
    }
    if (node instanceof Logic logic) {
      boolean and = logic.and != negated;
      org.apache.iceberg.expressions.Expression out =
          and ? Expressions.alwaysTrue() : Expressions.alwaysFalse();
      for (Node term : logic.children) {
        org.apache.iceberg.expressions.Expression one = of(term, negated);
        out = and ? Expressions.and(out, one) : Expressions.or(out, one);
      }
      return out;
    }
    if (node instanceof Constant c) {
      boolean holds = c.value instanceof Boolean b && b != negated;
      return holds ? Expressions.alwaysTrue() : Expressions.alwaysFalse();
    }
    if (node instanceof Compare.IsNull isNull && isNull.of instanceof Read read) {
      return negated ? Expressions.notNull(read.name) : Expressions.isNull(read.name);
    }
    if (node instanceof Read read && read.type.equals(SqlTypes.BOOLEAN)) {
      return Expressions.equal(read.name, !negated);
    }
    if (node instanceof InList in && !(negated && in.withNull)) {
      return list(in, negated);
    }
    if (node instanceof Like.Matches like && !negated && like.value instanceof Read read) {
      String prefix = like.prefix;
      return prefix == null || prefix.isEmpty()
          ? Expressions.notNull(read.name)
          : Expressions.startsWith(read.name, prefix);
    }
    if (node instanceof Compare compare && compare.right instanceof Constant c) {
      Object value = c.value;
      boolean floating = SqlTypes.isFloating(compare.left.type);
      if (value == null) {
        return Expressions.alwaysFalse();
      }
      return negated && floating
          ? Expressions.alwaysTrue()
          : compare(negated ? compare.op.negate() : compare.op, compare.left, value);
    }
    return Expressions.alwaysTrue();
  }

  private static org.apache.iceberg.expressions.Expression list(InList in, boolean negated) {
    if (negated && SqlTypes.isFloating(in.value.type)) {
      return Expressions.alwaysTrue();
    }
    org.apache.iceberg.expressions.Expression out =
        negated ? Expressions.alwaysTrue() : Expressions.alwaysFalse();
    for (Object constant : in.constants) {
      org.apache.iceberg.expressions.Expression one =
          compare(negated ? Op.NE : Op.EQ, in.value, constant);
      out = negated ? Expressions.and(out, one) : Expressions.or(out, one);
    }
    return out;
  }

  private static org.apache.iceberg.expressions.Expression compare(Op op, Node left, Object value) {
    if (left instanceof Read read) {
      Object literal = literal(read.type, value);
      return literal == null
          ? Expressions.alwaysTrue()
          : predicate(op, read.name, zero(op, literal), literal);
    }
    if (left instanceof Cast cast && cast.of() instanceof Read read) {
      if (SqlTypes.isInteger(read.type) && value instanceof Long) {
        return predicate(op, read.name, value, value);
      }
      if (SqlTypes.isDate(read.type) && value instanceof Long micros) {
        return days(op, read.name, micros);
      }
    }
    return Expressions.alwaysTrue();
  }

  /** Days against an instant: the day that holds it, on the side that keeps every match. */
  private static org.apache.iceberg.expressions.Expression days(Op op, String name, long micros) {
    int day = (int) Math.floorDiv(micros, Times.DAY_MICROS);
    boolean midnight = Math.floorMod(micros, Times.DAY_MICROS) == 0;
    if (midnight) {
      return predicate(op, name, day, day);
    }
    return switch (op) {
      case LT, LE -> Expressions.lessThanOrEqual(name, day);
      case GT, GE -> Expressions.greaterThanOrEqual(name, day + 1);
      case EQ -> Expressions.alwaysFalse();
      case NE -> Expressions.notNull(name);
    };
  }

  /** Iceberg's order has two zeros: a bound takes in both. */
  private static Object zero(Op op, Object value) {
    boolean above = op == Op.GE || op == Op.EQ;
    if (value instanceof Double d && d == 0) {
      return above ? -0.0 : 0.0;
    }
    return value instanceof Float f && f == 0 ? (Object) (above ? -0.0f : 0.0f) : value;
  }

  private static org.apache.iceberg.expressions.Expression predicate(
      Op op, String name, Object value, Object original) {
    boolean twoZeros = value instanceof Double || value instanceof Float;
    return switch (op) {
      case LT -> Expressions.lessThan(name, value);
      case LE -> Expressions.lessThanOrEqual(name, value);
      case GT -> Expressions.greaterThan(name, value);
      case GE -> Expressions.greaterThanOrEqual(name, value);
      case EQ ->
          twoZeros && ((Number) original).doubleValue() == 0
              ? Expressions.and(
                  Expressions.greaterThanOrEqual(name, value),
                  Expressions.lessThanOrEqual(name, zero(Op.LE, value)))
              : Expressions.equal(name, value);
      case NE -> twoZeros ? Expressions.alwaysTrue() : Expressions.notEqual(name, value);
    };
  }

  /** The value as Iceberg's literals take it; Java's null where they would change its meaning. */
  private static @Nullable Object literal(Type type, Object value) {
    if (SqlTypes.isNanos(type) || (value instanceof Double d && d.isNaN())) {
      return null;
    }
    if (value instanceof Float f && f.isNaN()) {
      return null;
    }
    return value;
  }
}

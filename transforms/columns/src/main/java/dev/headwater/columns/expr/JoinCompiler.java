package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import io.trino.sql.tree.ComparisonExpression;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.Join;
import io.trino.sql.tree.JoinCriteria;
import io.trino.sql.tree.JoinOn;
import io.trino.sql.tree.JoinUsing;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.NaturalJoin;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * How two sides meet: what must be equal, which rows of a side may meet at all, and what is left.
 */
final class JoinCompiler {
  private final String sql;
  private final QueryCompiler.Source left;
  private final QueryCompiler.Source right;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Expression> leftKeys = new ArrayList<>();
  private final List<Expression> rightKeys = new ArrayList<>();
  private @Nullable Expression leftMeets;
  private @Nullable Expression rightMeets;
  private @Nullable Expression both;

  JoinCompiler(String sql, QueryCompiler.Source left, QueryCompiler.Source right) {
    this.sql = sql;
    this.left = left;
    this.right = right;
  }

  /**
   * The pairs.
   *
   * @param where a condition that every pair must hold anyway
   */
  QueryCompiler.Source compile(Join join, Optional<io.trino.sql.tree.Expression> where) {
    QueryPlan.Kind kind =
        switch (join.getType()) {
          case LEFT -> QueryPlan.Kind.LEFT;
          case RIGHT -> QueryPlan.Kind.RIGHT;
          case FULL -> QueryPlan.Kind.FULL;
          default -> QueryPlan.Kind.INNER;
        };
    JoinCriteria by = join.getCriteria().orElse(null);
    List<Identifier> using = by instanceof JoinUsing columns ? columns.getColumns() : List.of();
    Set<String> shared = new HashSet<>();
    using.forEach(column -> shared.add(column.getValue().toLowerCase(Locale.ROOT)));
    Scope scope = Scope.of(left.scope(), right.scope(), shared);
    if (by instanceof NaturalJoin) {
      problems.add(
          Compiler.at(join, "a natural join follows every new column. Write using (...)."));
    }
    using.forEach(this::using);
    if (by instanceof JoinOn on) {
      terms(on.getExpression()).forEach(term -> term(scope, kind, term, true));
    }
    if (problems.isEmpty()) {
      where.ifPresent(all -> terms(all).forEach(term -> term(scope, kind, term, false)));
    }
    QueryCompiler.check(sql, problems);
    Schema schema = carried(scope);
    QueryPlan rows =
        new QueryPlan.Joined(
            kind,
            new QueryPlan.Side(left.rows(), leftKeys, leftMeets),
            new QueryPlan.Side(right.rows(), rightKeys, rightMeets),
            schema);
    if (both != null) {
      rows = SelectCompiler.chosen(rows, both);
    }
    return using.isEmpty()
        ? new QueryCompiler.Source(rows, scope)
        : merged(rows, scope, kind, using);
  }

  /** The columns that both sides carry, in their order, by their names after the join. */
  private Schema carried(Scope scope) {
    int split = left.scope().schema().columns().size();
    Set<String> carried = new HashSet<>();
    left.rows().schema().columns().forEach(f -> carried.add("l" + f.name()));
    right.rows().schema().columns().forEach(f -> carried.add("r" + f.name()));
    List<Types.NestedField> fields = new ArrayList<>();
    for (int i = 0; i < scope.schema().columns().size(); i++) {
      Types.NestedField before =
          i < split
              ? left.scope().schema().columns().get(i)
              : right.scope().schema().columns().get(i - split);
      if (carried.contains((i < split ? "l" : "r") + before.name())) {
        fields.add(scope.schema().columns().get(i));
      }
    }
    return new Schema(fields);
  }

  /** A column that both have is one, of whichever side has a row. */
  private QueryCompiler.Source merged(
      QueryPlan rows, Scope joined, QueryPlan.Kind kind, List<Identifier> using) {
    Scope scope = joined;
    List<Types.NestedField> fields = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    for (int i = using.size() - 1; i >= 0; i--) {
      Identifier column = using.get(i);
      String l = QueryCompiler.quoted(after(joined, left, column, 0));
      String r =
          QueryCompiler.quoted(
              after(joined, right, column, left.scope().schema().columns().size()));
      Expression value =
          Expression.parse(
              kind == QueryPlan.Kind.RIGHT
                  ? r
                  : kind == QueryPlan.Kind.FULL ? "coalesce(" + l + ", " + r + ")" : l,
              rows.schema());
      scope = scope.with(column.getValue(), value.type());
      fields.add(0, Types.NestedField.optional(1, column.getValue(), value.type()));
      values.add(0, value);
    }
    fields.addAll(rows.schema().columns());
    values.addAll(QueryCompiler.columns(rows.schema()));
    List<Types.NestedField> numbered = new ArrayList<>();
    fields.forEach(
        f -> numbered.add(Types.NestedField.optional(numbered.size() + 1, f.name(), f.type())));
    Schema schema =
        org.apache.iceberg.types.TypeUtil.assignIncreasingFreshIds(new Schema(numbered));
    return new QueryCompiler.Source(
        new QueryPlan.Selected(rows, new SelectPlan(rows.schema(), null, null, values, schema)),
        scope);
  }

  /** What a side's column is called once it is joined. */
  private String after(Scope joined, QueryCompiler.Source side, Identifier column, int first) {
    Expression own =
        Expression.of(sql, side.scope().inner(column, problems), schema(side), problems);
    List<Types.NestedField> before = schema(side).columns();
    int at = before.indexOf(schema(side).findField(own.columns().iterator().next()));
    return joined.schema().columns().get(first + at).name();
  }

  private void using(Identifier column) {
    Expression l = Expression.of(sql, left.scope().inner(column, problems), schema(left), problems);
    Expression r =
        Expression.of(sql, right.scope().inner(column, problems), schema(right), problems);
    if (problems.isEmpty()) {
      key(column, l, r);
    }
  }

  private static Schema schema(QueryCompiler.Source side) {
    return side.scope().schema();
  }

  private static List<io.trino.sql.tree.Expression> terms(io.trino.sql.tree.Expression tree) {
    return tree instanceof LogicalExpression and
            && and.getOperator() == LogicalExpression.Operator.AND
        ? and.getTerms().stream().flatMap(term -> terms(term).stream()).toList()
        : List.of(tree);
  }

  /**
   * One of the conditions that must hold.
   *
   * @param on whether it is the join's own; of another one only what is equal helps
   */
  private void term(
      Scope scope, QueryPlan.Kind kind, io.trino.sql.tree.Expression tree, boolean on) {
    List<Problem> several = new ArrayList<>();
    scope.inner(tree, several);
    if (!several.isEmpty()) {
      if (on) {
        problems.addAll(several);
      }
      return;
    }
    if (tree instanceof ComparisonExpression equal
        && equal.getOperator() == ComparisonExpression.Operator.EQUAL) {
      Expression ll = of(left, equal.getLeft());
      Expression rr = of(right, equal.getRight());
      Expression lr = of(right, equal.getLeft());
      Expression rl = of(left, equal.getRight());
      if (ll != null && rr != null && lr == null && rl == null && reads(ll) && reads(rr)) {
        key(tree, ll, rr);
        return;
      }
      if (lr != null && rl != null && ll == null && rr == null && reads(lr) && reads(rl)) {
        key(tree, rl, lr);
        return;
      }
    }
    if (!on) {
      return;
    }
    Expression l = of(left, tree);
    Expression r = of(right, tree);
    if (l != null && condition(tree, l)) {
      leftMeets = and(leftMeets, l);
    } else if (l == null && r != null && condition(tree, r)) {
      rightMeets = and(rightMeets, r);
    } else if (l == null && r == null) {
      int before = problems.size();
      Expression rest = Expression.of(sql, scope.inner(tree, problems), scope.schema(), problems);
      if (problems.size() > before || !condition(tree, rest)) {
        return;
      }
      if (kind != QueryPlan.Kind.INNER) {
        problems.add(
            Compiler.at(
                tree,
                "an outer join compares its sides with =, and looks at each of them alone. Join"
                    + " first, and write this where the rows are chosen."));
      }
      both = and(both, rest);
    }
  }

  private static boolean reads(Expression side) {
    return !side.columns().isEmpty();
  }

  private boolean condition(io.trino.sql.tree.Expression tree, Expression term) {
    if (term.type().equals(SqlTypes.BOOLEAN)) {
      return true;
    }
    problems.add(
        Compiler.at(
            tree, "ON takes a condition (boolean), not " + SqlTypes.name(term.type()) + "."));
    return false;
  }

  private static Expression and(@Nullable Expression a, Expression b) {
    return a == null
        ? b
        : Expression.parse("(" + a.canonical() + ") and (" + b.canonical() + ")", b.schema());
  }

  /** An expression over one side alone; null if it needs the other one. */
  private @Nullable Expression of(QueryCompiler.Source side, io.trino.sql.tree.Expression tree) {
    List<Problem> found = new ArrayList<>();
    Expression out = Expression.of(sql, side.scope().inner(tree, found), schema(side), found);
    return found.isEmpty() ? out : null;
  }

  private void key(io.trino.sql.tree.Expression at, Expression l, Expression r) {
    Type type = SqlTypes.common(l.type(), r.type());
    if (type == null) {
      problems.add(
          Compiler.at(
              at,
              "cannot compare "
                  + SqlTypes.name(l.type())
                  + " with "
                  + SqlTypes.name(r.type())
                  + "."));
      return;
    }
    if (!SqlTypes.isKey(type)) {
      problems.add(Compiler.at(at, "rows meet by " + SqlTypes.keys(type)));
      return;
    }
    leftKeys.add(as(l, type));
    rightKeys.add(as(r, type));
  }

  private static Expression as(Expression value, Type type) {
    return value.type().equals(type)
        ? value
        : Expression.parse("cast(" + value.canonical() + " as " + type + ")", value.schema());
  }
}

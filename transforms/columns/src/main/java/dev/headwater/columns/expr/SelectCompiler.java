package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import io.trino.sql.ExpressionFormatter;
import io.trino.sql.tree.AllColumns;
import io.trino.sql.tree.GroupBy;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.QuerySpecification;
import io.trino.sql.tree.SelectItem;
import io.trino.sql.tree.SimpleGroupBy;
import io.trino.sql.tree.SingleColumn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A query over one table, checked against its columns; all mistakes are found. */
final class SelectCompiler {
  private final String sql;
  private final QuerySpecification spec;
  private final Scope scope;
  private final Schema schema;
  private final boolean named;
  private final List<Problem> problems = new ArrayList<>();

  /** A column of what comes out. */
  private record Item(String name, io.trino.sql.tree.Expression tree, Problem at) {}

  /**
   * @param named whether its columns need names; otherwise their places count
   */
  SelectCompiler(String sql, QuerySpecification spec, Scope scope, boolean named) {
    this.named = named;
    this.sql = sql;
    this.spec = spec;
    this.scope = scope;
    this.schema = scope.schema();
  }

  /** What is chosen of rows, and computed of each or of their groups. */
  SelectPlan compile() {
    return plain(items());
  }

  /** The same of these rows, windows too. */
  QueryPlan compile(QueryPlan rows) {
    List<Item> items = items();
    if (items.stream().noneMatch(item -> WindowCompiler.windows(item.tree()))) {
      return new QueryPlan.Selected(rows, plain(items));
    }
    if (spec.getGroupBy().isPresent()
        || spec.getHaving().isPresent()
        || spec.getSelect().isDistinct()
        || items.stream().anyMatch(item -> GroupCompiler.aggregates(item.tree()))) {
      problems.add(
          Compiler.at(
              spec,
              "has groups and windows. Group first: select ... over (...) from (select ... group"
                  + " by ...)."));
    }
    Expression where = where();
    WindowCompiler windows = new WindowCompiler(sql, spec.getWindows(), scope, problems);
    List<io.trino.sql.tree.Expression> trees =
        items.stream().map(item -> windows.rewritten(item.tree())).toList();
    QueryCompiler.check(sql, problems);
    QueryPlan seen = windows.over(where == null ? rows : chosen(rows, where));
    List<Expression> values = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      values.add(value(items.get(i), trees.get(i), windows.schema(), true));
    }
    Schema out = schema(items, values);
    QueryCompiler.check(sql, problems);
    return new QueryPlan.Selected(seen, new SelectPlan(windows.schema(), null, null, values, out));
  }

  /** The rows of which a condition is true. */
  static QueryPlan chosen(QueryPlan rows, Expression where) {
    Schema schema = rows.schema();
    return new QueryPlan.Selected(
        rows, new SelectPlan(schema, where, null, QueryCompiler.columns(schema), schema));
  }

  private @Nullable Expression where() {
    return condition("WHERE", spec.getWhere().map(this::bare).orElse(null), schema);
  }

  private List<Item> items() {
    List<Item> items = new ArrayList<>();
    spec.getSelect().getSelectItems().forEach(item -> items(item, items));
    if (!named) {
      items.replaceAll(item -> new Item("_" + items.indexOf(item), item.tree(), item.at()));
    }
    twice(items);
    return items;
  }

  private SelectPlan plain(List<Item> items) {
    Expression where = where();
    List<io.trino.sql.tree.Expression> keys = keys(items);
    io.trino.sql.tree.Expression having = spec.getHaving().map(this::bare).orElse(null);
    GroupCompiler groups = new GroupCompiler(sql, schema, problems);
    boolean grouped =
        spec.getGroupBy().isPresent()
            || having != null
            || spec.getSelect().isDistinct()
            || items.stream().anyMatch(item -> GroupCompiler.aggregates(item.tree()));
    SelectPlan.Groups by = null;
    List<Expression> values = new ArrayList<>();
    if (grouped) {
      groups.keys(keys);
      List<io.trino.sql.tree.Expression> rewritten =
          items.stream().map(item -> groups.rewritten(item.tree())).toList();
      io.trino.sql.tree.Expression kept = having == null ? null : groups.rewritten(having);
      Schema gathered = groups.schema();
      for (int i = 0; i < items.size(); i++) {
        values.add(value(items.get(i), rewritten.get(i), gathered, true));
      }
      by = groups.groups(problems.isEmpty() ? condition("HAVING", kept, gathered) : null);
    } else {
      items.forEach(item -> values.add(value(item, item.tree(), schema, false)));
    }
    Schema out = schema(items, values);
    QueryCompiler.check(sql, problems);
    return new SelectPlan(schema, where, by, values, out);
  }

  private void items(SelectItem item, List<Item> into) {
    if (item instanceof AllColumns all) {
      List<Scope.Entry> columns = scope.all(all.getTarget().orElse(null));
      if (columns == null) {
        String target = all.getTarget().map(Object::toString).orElse("");
        problems.add(Compiler.at(all, "'" + target + "' is not a table's name here."));
        return;
      }
      for (Scope.Entry entry : columns) {
        into.add(new Item(entry.name(), new Identifier(entry.inner(), true), Compiler.at(all, "")));
      }
      return;
    }
    SingleColumn column = (SingleColumn) item;
    io.trino.sql.tree.Expression tree = bare(column.getExpression());
    String name = column.getAlias().map(Identifier::getValue).orElseGet(() -> name(tree));
    if (name == null && named) {
      problems.add(
          Compiler.at(
              column,
              "has no name. Write "
                  + ExpressionFormatter.formatExpression(tree)
                  + " as <a name>."));
    }
    into.add(new Item(name == null ? "" : name, tree, Compiler.at(column, "")));
  }

  /** A column's own name, or the last of a dotted one. */
  private @Nullable String name(io.trino.sql.tree.Expression tree) {
    try {
      Names.Found found = new Names(schema).find(tree);
      return found == null ? null : scope.name(found.names().get(found.names().size() - 1));
    } catch (Mistake e) {
      // Told where it is compiled.
      return "?";
    }
  }

  private void twice(List<Item> items) {
    Set<String> seen = new HashSet<>();
    for (Item item : items) {
      boolean named = !item.name().isEmpty() && !item.name().equals("?");
      if (named && !seen.add(item.name().toLowerCase(Locale.ROOT))) {
        at(item, "column '" + item.name() + "' is there twice. Give one another name: as ...");
      }
    }
  }

  private List<io.trino.sql.tree.Expression> keys(List<Item> items) {
    List<io.trino.sql.tree.Expression> keys = new ArrayList<>();
    for (var element : spec.getGroupBy().map(GroupBy::getGroupingElements).orElse(List.of())) {
      for (io.trino.sql.tree.Expression key : ((SimpleGroupBy) element).getExpressions()) {
        if (!(key instanceof LongLiteral number)) {
          keys.add(bare(key));
        } else if (number.getParsedValue() < 1 || number.getParsedValue() > items.size()) {
          problems.add(
              Compiler.at(key, "there are " + items.size() + " columns, none with this number."));
        } else {
          keys.add(items.get((int) number.getParsedValue() - 1).tree());
        }
      }
    }
    if (spec.getSelect().isDistinct() && spec.getGroupBy().isEmpty()) {
      items.stream()
          .filter(item -> !GroupCompiler.aggregates(item.tree()))
          .forEach(item -> keys.add(item.tree()));
    } else if (spec.getSelect().isDistinct()) {
      problems.add(Compiler.at(spec, "groups are distinct already. Leave out distinct."));
    }
    return keys;
  }

  private @Nullable Expression condition(
      String what, io.trino.sql.tree.@Nullable Expression tree, Schema over) {
    if (tree == null) {
      return null;
    }
    int before = problems.size();
    Expression condition = Expression.of(sql, tree, over, problems);
    if (problems.size() == before && !condition.type().equals(SqlTypes.BOOLEAN)) {
      problems.add(
          Compiler.at(
              tree,
              what + " takes a condition (boolean), not " + SqlTypes.name(condition.type()) + "."));
    }
    return condition;
  }

  private Expression value(
      Item item, io.trino.sql.tree.Expression tree, Schema over, boolean rewritten) {
    List<Problem> found = new ArrayList<>();
    Expression value =
        problems.isEmpty() || !rewritten
            ? Expression.of(sql, tree, over, found)
            : Expression.parse("true", over);
    // A tree that was rewritten has lost its places.
    found.forEach(p -> problems.add(rewritten ? placed(item, p.what()) : p));
    if (found.isEmpty() && value.type().equals(SqlTypes.UNKNOWN)) {
      at(item, "is always null. Say of which type: cast(null as bigint).");
    }
    return value;
  }

  private Schema schema(List<Item> items, List<Expression> values) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Type type = values.get(i).type();
      fields.add(Types.NestedField.optional(i + 1, items.get(i).name(), type));
    }
    return problems.isEmpty()
        ? TypeUtil.assignIncreasingFreshIds(new Schema(fields))
        : new Schema(List.of());
  }

  /** Without the table's name before a column's. */
  private io.trino.sql.tree.Expression bare(io.trino.sql.tree.Expression tree) {
    return scope.inner(tree, problems);
  }

  private void at(Item item, String what) {
    problems.add(placed(item, what));
  }

  private static Problem placed(Item item, String what) {
    return new Problem(item.at().line(), item.at().column(), what);
  }
}

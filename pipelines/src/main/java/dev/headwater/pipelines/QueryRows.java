package dev.headwater.pipelines;

import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.QueryPlan;
import dev.headwater.columns.expr.SelectPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a query's tables that a row of it is made of: those with the values that its columns
 * have of them, step by step back. What is only computed of columns narrows nothing down.
 */
final class QueryRows {
  /** Finds rows of one of the query's tables. */
  interface Tables {
    RowFind.Found find(
        String table, Map<String, @Nullable Object> equal, @Nullable Expression where);
  }

  /**
   * Rows of one table.
   *
   * @param asked the values that they have
   * @param where what is true of them; null: nothing is asked
   * @param note how they go in
   */
  record Part(
      String table,
      Map<String, @Nullable Object> asked,
      @Nullable Expression where,
      RowFind.Found found,
      String note) {}

  private final Tables tables;
  private final boolean filtered;
  private final List<Part> parts = new ArrayList<>();

  /**
   * @param filtered whether conditions of the query count; otherwise also rows that it leaves out
   */
  QueryRows(Tables tables, boolean filtered) {
    this.tables = tables;
    this.filtered = filtered;
  }

  List<Part> of(QueryPlan plan, Map<String, @Nullable Object> equal) {
    look(plan, equal, null, "");
    return parts;
  }

  private void look(
      QueryPlan plan,
      Map<String, @Nullable Object> equal,
      @Nullable Expression where,
      String note) {
    if (plan instanceof QueryPlan.Scan scan) {
      RowFind.Found found = tables.find(scan.table(), equal, filtered ? where : null);
      parts.add(new Part(scan.table(), equal, where, found, note));
    } else if (plan instanceof QueryPlan.Selected selected) {
      SelectPlan select = selected.select();
      String how = select.groups() == null ? note : "the rows of its group";
      look(selected.from(), back(select, equal), select.where(), how);
    } else if (plan instanceof QueryPlan.Joined joined) {
      joined(joined, equal, note);
    } else if (plan instanceof QueryPlan.Windowed windowed) {
      String of =
          windowed.partition().isEmpty()
              ? "all rows"
              : "rows of the same "
                  + String.join(", ", windowed.partition().stream().map(Expression::sql).toList());
      look(
          windowed.from(),
          within(windowed.from(), equal),
          null,
          "the row itself; its windows look at " + of + " too");
    } else if (plan instanceof QueryPlan.Together together) {
      for (QueryPlan part : together.parts()) {
        look(part, renamed(together, part, equal), null, note);
      }
    }
  }

  /** What is asked of the rows before a selection. */
  private static Map<String, @Nullable Object> back(
      SelectPlan select, Map<String, @Nullable Object> equal) {
    Map<String, @Nullable Object> before = new LinkedHashMap<>();
    List<Types.NestedField> fields = select.schema().columns();
    SelectPlan.Groups groups = select.groups();
    for (int i = 0; i < fields.size(); i++) {
      String column = bare(select.values().get(i));
      if (column == null || !equal.containsKey(fields.get(i).name())) {
        continue;
      }
      if (groups != null) {
        int at = groups.schema().columns().indexOf(groups.schema().findField(column));
        column = at < groups.keys().size() ? bare(groups.keys().get(at)) : null;
      }
      if (column != null) {
        before.put(column, equal.get(fields.get(i).name()));
      }
    }
    return before;
  }

  private void joined(QueryPlan.Joined join, Map<String, @Nullable Object> equal, String note) {
    Map<String, @Nullable Object> left = new LinkedHashMap<>();
    Map<String, @Nullable Object> right = new LinkedHashMap<>();
    List<Types.NestedField> fields = join.schema().columns();
    List<Types.NestedField> lefts = join.left().rows().schema().columns();
    List<Types.NestedField> rights = join.right().rows().schema().columns();
    for (int i = 0; i < fields.size(); i++) {
      String name = fields.get(i).name();
      if (equal.containsKey(name)) {
        boolean first = i < lefts.size();
        String own = first ? lefts.get(i).name() : rights.get(i - lefts.size()).name();
        (first ? left : right).put(own, equal.get(name));
      }
    }
    // The side of which nothing is known is asked for what the other one's rows say.
    boolean turned = left.isEmpty() && !right.isEmpty();
    QueryPlan.Side one = turned ? join.right() : join.left();
    QueryPlan.Side other = turned ? join.left() : join.right();
    int before = parts.size();
    look(one.rows(), turned ? right : left, one.meets(), note);
    List<RowFind.Row> rows = parts.size() > before ? parts.get(before).found().rows() : List.of();
    Map<String, @Nullable Object> rest = new LinkedHashMap<>(turned ? left : right);
    for (int i = 0; i < one.keys().size(); i++) {
      String from = bare(one.keys().get(i));
      String to = bare(other.keys().get(i));
      if (from != null && to != null && !rows.isEmpty() && rows.get(0).values().containsKey(from)) {
        rest.putIfAbsent(to, rows.get(0).values().get(from));
      }
    }
    look(other.rows(), rest, other.meets(), "joined by " + keys(other));
  }

  private static String keys(QueryPlan.Side side) {
    return side.keys().isEmpty()
        ? "nothing: each with each"
        : String.join(
            ", ",
            side.keys().stream().map(k -> Objects.requireNonNullElse(bare(k), k.sql())).toList());
  }

  private static Map<String, @Nullable Object> within(
      QueryPlan plan, Map<String, @Nullable Object> equal) {
    Map<String, @Nullable Object> own = new LinkedHashMap<>(equal);
    own.keySet().removeIf(column -> plan.schema().findField(column) == null);
    return own;
  }

  private static Map<String, @Nullable Object> renamed(
      QueryPlan.Together all, QueryPlan part, Map<String, @Nullable Object> equal) {
    Map<String, @Nullable Object> own = new LinkedHashMap<>();
    for (int i = 0; i < all.schema().columns().size(); i++) {
      String name = all.schema().columns().get(i).name();
      if (equal.containsKey(name)) {
        own.put(part.schema().columns().get(i).name(), equal.get(name));
      }
    }
    return own;
  }

  /** The column that an expression is; null if it computes. */
  static @Nullable String bare(Expression expression) {
    if (expression.columns().size() != 1) {
      return null;
    }
    String column = expression.columns().iterator().next();
    return expression.canonical().equals('"' + column + '"') ? column : null;
  }
}

package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import io.trino.sql.tree.AliasedRelation;
import io.trino.sql.tree.AllColumns;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.Join;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.QueryBody;
import io.trino.sql.tree.QuerySpecification;
import io.trino.sql.tree.Relation;
import io.trino.sql.tree.Table;
import io.trino.sql.tree.TableSubquery;
import io.trino.sql.tree.Union;
import io.trino.sql.tree.WithQuery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** A query over several tables, or several at once, checked against their columns. */
final class QueryCompiler {
  private final String sql;
  private final Map<String, Schema> tables;
  private final Set<String> words = new HashSet<>();
  private final boolean all;

  /** Rows, and what names mean over them. */
  record Source(QueryPlan rows, Scope scope) {}

  /** What a WITH has named: it sees those before it. */
  private record Named(Query query, Map<String, Named> before) {}

  QueryCompiler(String sql, Query query, Map<String, Schema> tables) {
    this.sql = sql;
    this.tables = tables;
    this.all = words(query);
  }

  /** All names that stand in it; whether one of them is {@code *}. */
  private boolean words(Node node) {
    if (node instanceof Identifier name) {
      words.add(name.getValue().toLowerCase(Locale.ROOT));
    }
    boolean star = node instanceof AllColumns;
    if (node instanceof Join join) {
      join.getCriteria().ifPresent(by -> by.getNodes().forEach(this::words));
    }
    for (Node child : node.getChildren()) {
      star |= words(child);
    }
    return star;
  }

  private boolean used(String column) {
    return all || words.contains(column.toLowerCase(Locale.ROOT));
  }

  /**
   * The plan.
   *
   * @throws ExpressionException with all problems of the part that has the first one
   */
  QueryPlan compile(Query query) {
    return query(query, Map.of(), true);
  }

  private QueryPlan query(Query query, Map<String, Named> known, boolean columns) {
    Map<String, Named> named = new HashMap<>(known);
    query
        .getWith()
        .ifPresent(
            with -> {
              for (WithQuery one : with.getQueries()) {
                String name = one.getName().getValue().toLowerCase(Locale.ROOT);
                named.put(name, new Named(one.getQuery(), Map.copyOf(named)));
              }
            });
    return body(query.getQueryBody(), named, columns);
  }

  /**
   * @param columns whether they need names
   */
  private QueryPlan body(QueryBody body, Map<String, Named> named, boolean columns) {
    if (body instanceof QuerySpecification spec) {
      return select(spec, named, columns);
    }
    if (body instanceof TableSubquery inner) {
      return query(inner.getQuery(), named, columns);
    }
    if (body instanceof Union union) {
      return union(union, named, columns);
    }
    throw refused(body, "only select and union make rows.");
  }

  private QueryPlan select(QuerySpecification spec, Map<String, Named> named, boolean columns) {
    Relation from =
        spec.getFrom().orElseThrow(() -> refused(spec, "it reads no table. Write from <a table>."));
    Source source = source(from, named, spec.getWhere());
    return new SelectCompiler(sql, spec, source.scope(), columns).compile(source.rows());
  }

  private Source source(
      Relation from, Map<String, Named> named, Optional<io.trino.sql.tree.Expression> where) {
    if (from instanceof Join join) {
      // What WHERE asks of an inner join's rows may as well bring them together.
      boolean inner =
          switch (join.getType()) {
            case INNER, CROSS, IMPLICIT -> true;
            default -> false;
          };
      Optional<io.trino.sql.tree.Expression> beyond = inner ? where : Optional.empty();
      Source left = source(join.getLeft(), named, beyond);
      Source right = source(join.getRight(), named, beyond);
      return new JoinCompiler(sql, left, right).compile(join, beyond);
    }
    if (from instanceof AliasedRelation aliased) {
      Source of = source(aliased.getRelation(), named, Optional.empty());
      if (of.rows() instanceof QueryPlan.Joined) {
        throw refused(from, "a join has no name of its own. Name its tables.");
      }
      return new Source(of.rows(), Scope.of(aliased.getAlias().getValue(), of.scope().schema()));
    }
    if (from instanceof TableSubquery inner) {
      QueryPlan rows = query(inner.getQuery(), named, true);
      return new Source(rows, Scope.of(null, rows.schema()));
    }
    if (from instanceof Table table) {
      return table(table, named);
    }
    throw refused(from, "rows come from tables, joins and queries.");
  }

  private Source table(Table table, Map<String, Named> named) {
    String name = table.getName().getSuffix();
    String written = table.getName().getOriginalParts().get(0).getValue();
    Named own = named.get(name);
    if (own != null) {
      QueryPlan rows = query(own.query(), own.before(), true);
      return new Source(rows, Scope.of(name, rows.schema()));
    }
    Schema schema = tables.get(written);
    if (schema == null) {
      throw refused(table, "no columns are known of '" + written + "'.");
    }
    Scope scope = Scope.of(name, schema);
    return new Source(new QueryPlan.Scan(written, scope.named(this::used)), scope);
  }

  private QueryPlan union(Union union, Map<String, Named> named, boolean columns) {
    List<QueryPlan> parts = new ArrayList<>();
    for (Relation part : union.getRelations()) {
      parts.add(body((QueryBody) part, named, columns && parts.isEmpty()));
    }
    List<Types.NestedField> first = parts.get(0).schema().columns();
    List<Types.NestedField> fields = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      Type type = first.get(i).type();
      for (int p = 1; p < parts.size(); p++) {
        List<Types.NestedField> other = parts.get(p).schema().columns();
        Node at = union.getRelations().get(p);
        if (other.size() != first.size()) {
          throw refused(
              at, "has " + other.size() + " columns, the first one " + first.size() + ".");
        }
        Type both = SqlTypes.common(type, other.get(i).type());
        if (both == null) {
          throw refused(
              at,
              "column "
                  + (i + 1)
                  + " is "
                  + SqlTypes.name(other.get(i).type())
                  + ", but "
                  + SqlTypes.name(type)
                  + " before.");
        }
        type = both;
      }
      fields.add(Types.NestedField.optional(i + 1, first.get(i).name(), type));
    }
    Schema schema = new Schema(fields);
    List<QueryPlan> same = parts.stream().map(part -> as(part, schema)).toList();
    QueryPlan together = new QueryPlan.Together(same, schema);
    return union.isDistinct() ? distinct(union, together) : together;
  }

  /** The same rows under other names, as other types. */
  private static QueryPlan as(QueryPlan rows, Schema schema) {
    List<Expression> values = new ArrayList<>();
    for (int i = 0; i < schema.columns().size(); i++) {
      String name = quoted(rows.schema().columns().get(i).name());
      Type type = schema.columns().get(i).type();
      boolean same = rows.schema().columns().get(i).type().equals(type);
      values.add(
          Expression.parse(
              same || type.isNestedType() ? name : "cast(" + name + " as " + type + ")",
              rows.schema()));
    }
    return new QueryPlan.Selected(rows, new SelectPlan(rows.schema(), null, null, values, schema));
  }

  private QueryPlan distinct(Union union, QueryPlan rows) {
    Schema schema = rows.schema();
    for (Types.NestedField field : schema.columns()) {
      if (!SqlTypes.isKey(field.type())) {
        throw refused(
            union,
            "column "
                + field.name()
                + ": rows are told apart by "
                + SqlTypes.keys(field.type())
                + " Or write union all.");
      }
    }
    List<Expression> keys = columns(schema);
    SelectPlan.Groups groups = new SelectPlan.Groups(keys, List.of(), schema, null);
    return new QueryPlan.Selected(rows, new SelectPlan(schema, null, groups, keys, schema));
  }

  /** Each column as it is. */
  static List<Expression> columns(Schema schema) {
    return schema.columns().stream()
        .map(field -> Expression.parse(quoted(field.name()), schema))
        .toList();
  }

  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private ExpressionException refused(Node at, String what) {
    return new ExpressionException(sql, List.of(Compiler.at(at, what)));
  }

  /** Throws what was found, in the order of the text. */
  static void check(String sql, List<Problem> problems) {
    if (!problems.isEmpty()) {
      problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
      throw new ExpressionException(sql, problems.stream().distinct().toList());
    }
  }
}

package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import io.trino.sql.tree.AliasedRelation;
import io.trino.sql.tree.ExistsPredicate;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.GroupBy;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.Join;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.OrderBy;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.QueryBody;
import io.trino.sql.tree.QuerySpecification;
import io.trino.sql.tree.Relation;
import io.trino.sql.tree.SetOperation;
import io.trino.sql.tree.SimpleGroupBy;
import io.trino.sql.tree.SubqueryExpression;
import io.trino.sql.tree.Table;
import io.trino.sql.tree.TableSubquery;
import io.trino.sql.tree.Union;
import io.trino.sql.tree.Values;
import io.trino.sql.tree.WindowOperation;
import io.trino.sql.tree.With;
import io.trino.sql.tree.WithQuery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a query reads, and what it asks for that columns alone don't give. */
final class SelectLook {
  private final Map<String, Node> tables = new LinkedHashMap<>();
  private final Set<String> own = new HashSet<>();
  private final List<Problem> problems = new ArrayList<>();
  private Optional<String> beyond = Optional.empty();
  private boolean simple;

  private SelectLook() {}

  static SelectLook at(Query query) {
    SelectLook look = new SelectLook();
    look.simple = query.getQueryBody() instanceof QuerySpecification;
    look.own(query);
    look.walk(query);
    return look;
  }

  /** Whether it looks at the rows of one table, each alone or in groups. */
  boolean simple() {
    return simple;
  }

  Map<String, Node> tables() {
    return tables;
  }

  List<Problem> problems() {
    return problems;
  }

  Optional<String> beyond() {
    return beyond;
  }

  private void ordered(
      Node at, Optional<OrderBy> order, boolean offset, Optional<? extends Node> limit) {
    order.ifPresent(
        by -> problems.add(Compiler.at(by, "a table's rows have no order. Leave out order by.")));
    if (offset || limit.isPresent()) {
      problems.add(
          Compiler.at(
              limit.<Node>map(l -> l).orElse(at),
              "which rows limit leaves is not said. Write a condition: where ..."));
    }
  }

  /** Names that the query gives to queries of its own. */
  private void own(Node node) {
    if (node instanceof WithQuery with) {
      own.add(with.getName().getValue().toLowerCase(Locale.ROOT));
    }
    node.getChildren().forEach(this::own);
  }

  private void walk(Node node) {
    if (node instanceof Table table) {
      table(table);
    } else if (node instanceof Query query) {
      ordered(query, query.getOrderBy(), query.getOffset().isPresent(), query.getLimit());
    } else if (node instanceof QuerySpecification spec) {
      ordered(spec, spec.getOrderBy(), spec.getOffset().isPresent(), spec.getLimit());
      if (spec.getFrom().isEmpty()) {
        problems.add(Compiler.at(spec, "it reads no table. Write from <a table>."));
      }
    } else if (node instanceof With with) {
      simple = false;
      if (with.isRecursive()) {
        beyond("recursive");
      }
    } else if (node instanceof Join || node instanceof TableSubquery || node instanceof Union) {
      simple = false;
    } else if (node instanceof SubqueryExpression || node instanceof ExistsPredicate) {
      beyond("a subquery in a condition");
    } else if (node instanceof SetOperation set) {
      beyond(set.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    } else if (node instanceof WindowOperation) {
      beyond("a pattern of rows");
    } else if (node instanceof FunctionCall call && call.getWindow().isPresent()) {
      simple = false;
    } else if (node instanceof FunctionCall call && call.isDistinct()) {
      beyond("an aggregate of distinct values");
    } else if (node instanceof AliasedRelation aliased && aliased.getColumnNames() != null
        || node instanceof WithQuery with && with.getColumnNames().isPresent()) {
      beyond("other names for columns");
    } else if (node instanceof GroupBy groups) {
      if (!groups.getGroupingElements().stream().allMatch(e -> e instanceof SimpleGroupBy)) {
        beyond("several groupings");
      }
    } else if (node instanceof Relation
        && !(node instanceof AliasedRelation)
        && !(node instanceof QueryBody)) {
      beyond("a " + node.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    } else if (node instanceof Values) {
      beyond("values");
    }
    node.getChildren().forEach(this::walk);
  }

  private void table(Table table) {
    List<Identifier> parts = table.getName().getOriginalParts();
    if (table.getQueryPeriod().isPresent()) {
      problems.add(
          Compiler.at(
              table, "the run says which state it reads. Leave out for version/timestamp."));
    }
    if (parts.size() > 1) {
      problems.add(
          Compiler.at(
              table,
              "'"
                  + table.getName()
                  + "' has dots. Name a table of the project; somebody else's is a source first."));
      return;
    }
    String name = parts.get(0).getValue();
    if (!own.contains(name.toLowerCase(Locale.ROOT))) {
      tables.putIfAbsent(name, table);
    }
  }

  private void beyond(String what) {
    if (beyond.isEmpty()) {
      beyond = Optional.of(what);
    }
  }
}

package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import io.trino.sql.tree.DataType;
import io.trino.sql.tree.DereferenceExpression;
import io.trino.sql.tree.ExpressionRewriter;
import io.trino.sql.tree.ExpressionTreeRewriter;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What is computed of groups: expressions over keys and aggregates, which become columns of a
 * schema of their own.
 */
final class GroupCompiler extends ExpressionRewriter<Void> {
  private final String sql;
  private final Schema schema;
  private final List<Problem> problems;
  private final Map<String, Expression> keys = new LinkedHashMap<>();
  private final Map<String, Aggregate> aggregates = new LinkedHashMap<>();

  GroupCompiler(String sql, Schema schema, List<Problem> problems) {
    this.sql = sql;
    this.schema = schema;
    this.problems = problems;
  }

  /** Whether there is an aggregate in it. */
  static boolean aggregates(Node tree) {
    return aggregate(tree) || tree.getChildren().stream().anyMatch(GroupCompiler::aggregates);
  }

  private static boolean aggregate(Node tree) {
    return tree instanceof FunctionCall call
        && call.getWindow().isEmpty()
        && Aggregates.NAMES.containsKey(call.getName().getSuffix().toLowerCase(Locale.ROOT));
  }

  void keys(List<io.trino.sql.tree.Expression> trees) {
    for (io.trino.sql.tree.Expression tree : trees) {
      int before = problems.size();
      Expression key = Expression.of(sql, tree, schema, problems);
      if (problems.size() == before) {
        if (SqlTypes.isKey(key.type())) {
          keys.put(key.canonical(), key);
        } else {
          problems.add(Compiler.at(tree, "rows are grouped by " + SqlTypes.keys(key.type())));
        }
      }
    }
  }

  /** With columns of {@link #schema} in the place of keys and aggregates. */
  io.trino.sql.tree.Expression rewritten(io.trino.sql.tree.Expression tree) {
    return ExpressionTreeRewriter.rewriteWith(this, tree);
  }

  @Override
  protected io.trino.sql.tree.@Nullable Expression rewriteExpression(
      io.trino.sql.tree.Expression tree,
      @Nullable Void context,
      ExpressionTreeRewriter<Void> rest) {
    if (tree instanceof DataType) {
      return tree;
    }
    if (aggregate(tree)) {
      return new Identifier(aggregated(tree), true);
    }
    int key = aggregates((Node) tree) ? -1 : key(tree);
    if (key >= 0) {
      return new Identifier("$k" + key, true);
    }
    if (tree instanceof Identifier || tree instanceof DereferenceExpression) {
      named(tree);
      return tree;
    }
    return null;
  }

  private int key(io.trino.sql.tree.Expression tree) {
    try {
      return List.copyOf(keys.keySet()).indexOf(Canonical.text(tree, schema));
    } catch (Mistake e) {
      return -1;
    }
  }

  private String aggregated(io.trino.sql.tree.Expression tree) {
    try {
      Aggregate aggregate = Aggregate.of(tree.toString(), tree, schema);
      aggregates.putIfAbsent(aggregate.canonical(), aggregate);
      return "$a" + List.copyOf(aggregates.keySet()).indexOf(aggregate.canonical());
    } catch (ExpressionException e) {
      problems.addAll(e.problems());
      return "$a0";
    }
  }

  private void named(io.trino.sql.tree.Expression tree) {
    try {
      Names.Found found = new Names(schema).find(tree);
      String name = found == null ? tree.toString() : String.join(".", found.names());
      problems.add(
          Compiler.at(
              tree,
              "'"
                  + name
                  + "' differs within a group. Put it into group by, or into an aggregate:"
                  + " max("
                  + name
                  + ")."));
    } catch (Mistake e) {
      problems.add(Compiler.at(tree, e.what()));
    }
  }

  /** The keys, then the aggregates, as far as they were found. */
  Schema schema() {
    List<Types.NestedField> fields = new ArrayList<>();
    keys.values()
        .forEach(
            key ->
                fields.add(
                    Types.NestedField.optional(
                        fields.size() + 1, "$k" + fields.size(), key.type())));
    aggregates
        .values()
        .forEach(
            aggregate ->
                fields.add(
                    Types.NestedField.optional(
                        fields.size() + 1,
                        "$a" + (fields.size() - keys.size()),
                        aggregate.type())));
    return new Schema(fields);
  }

  SelectPlan.Groups groups(@Nullable Expression having) {
    return new SelectPlan.Groups(
        List.copyOf(keys.values()), List.copyOf(aggregates.values()), schema(), having);
  }
}

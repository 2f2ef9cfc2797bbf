package dev.headwater.columns.expr;

import io.trino.sql.ExpressionFormatter;
import io.trino.sql.tree.Cast;
import io.trino.sql.tree.DereferenceExpression;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.ExpressionRewriter;
import io.trino.sql.tree.ExpressionTreeRewriter;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.GenericDataType;
import io.trino.sql.tree.GenericLiteral;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.Literal;
import io.trino.sql.tree.QualifiedName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** One text for an expression: columns by their own names in quotes, all else in one case. */
final class Canonical extends ExpressionRewriter<Void> {
  private final Names names;

  private Canonical(Schema schema) {
    this.names = new Names(schema);
  }

  static String text(Expression tree, Schema schema) {
    return ExpressionFormatter.formatExpression(
        ExpressionTreeRewriter.rewriteWith(new Canonical(schema), tree));
  }

  @Override
  public Expression rewriteIdentifier(
      Identifier tree, @Nullable Void context, ExpressionTreeRewriter<Void> rest) {
    return name(tree);
  }

  @Override
  public Expression rewriteDereferenceExpression(
      DereferenceExpression tree, @Nullable Void context, ExpressionTreeRewriter<Void> rest) {
    return name(tree);
  }

  private Expression name(Expression tree) {
    Names.Found found = names.find(tree);
    if (found == null) {
      return tree;
    }
    Expression out = new Identifier(found.names().get(0), true);
    for (String field : found.names().subList(1, found.names().size())) {
      out = new DereferenceExpression(out, new Identifier(field, true));
    }
    return out;
  }

  @Override
  public Expression rewriteFunctionCall(
      FunctionCall tree, @Nullable Void context, ExpressionTreeRewriter<Void> rest) {
    List<Expression> arguments =
        tree.getArguments().stream().map(a -> ExpressionTreeRewriter.rewriteWith(this, a)).toList();
    return new FunctionCall(
        QualifiedName.of(tree.getName().getSuffix().toLowerCase(Locale.ROOT)), arguments);
  }

  @Override
  public Expression rewriteCast(
      Cast tree, @Nullable Void context, ExpressionTreeRewriter<Void> rest) {
    String type = TypeNames.of(tree.getType()).toString();
    return new Cast(
        ExpressionTreeRewriter.rewriteWith(this, tree.getExpression()),
        new GenericDataType(Optional.empty(), new Identifier(type, true), List.of()),
        tree.isSafe());
  }

  @Override
  public Expression rewriteLiteral(
      Literal tree, @Nullable Void context, ExpressionTreeRewriter<Void> rest) {
    return tree instanceof GenericLiteral typed
        ? new GenericLiteral(typed.getType().toUpperCase(Locale.ROOT), typed.getValue())
        : tree;
  }
}

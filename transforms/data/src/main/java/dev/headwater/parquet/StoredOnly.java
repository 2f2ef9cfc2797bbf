package dev.headwater.parquet;

import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.BoundPredicate;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.ExpressionVisitors;
import org.apache.iceberg.expressions.ExpressionVisitors.ExpressionVisitor;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.UnboundPredicate;
import org.apache.iceberg.types.Types;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;

/**
 * What a filter says of columns that a file holds. Of others the file's statistics know nothing:
 * such a column may have its value from the partition, or from the schema's default.
 */
final class StoredOnly extends ExpressionVisitor<Expression> {
  private final Schema schema;
  private final MessageType file;

  private StoredOnly(Schema schema, MessageType file) {
    this.schema = schema;
    this.file = file;
  }

  /** A filter that is true wherever the given one is. */
  static Expression of(Expression filter, Schema schema, MessageType file) {
    return ExpressionVisitors.visit(Expressions.rewriteNot(filter), new StoredOnly(schema, file));
  }

  @Override
  public Expression alwaysTrue() {
    return Expressions.alwaysTrue();
  }

  @Override
  public Expression alwaysFalse() {
    return Expressions.alwaysFalse();
  }

  @Override
  public Expression not(Expression result) {
    return Expressions.alwaysTrue();
  }

  @Override
  public Expression and(Expression left, Expression right) {
    return Expressions.and(left, right);
  }

  @Override
  public Expression or(Expression left, Expression right) {
    return Expressions.or(left, right);
  }

  @Override
  public <T> Expression predicate(BoundPredicate<T> predicate) {
    return Expressions.alwaysTrue();
  }

  @Override
  public <T> Expression predicate(UnboundPredicate<T> predicate) {
    Types.NestedField field = schema.findField(predicate.ref().name());
    return field != null && has(file, field.fieldId()) ? predicate : Expressions.alwaysTrue();
  }

  private static boolean has(GroupType group, int id) {
    return group.getFields().stream()
        .anyMatch(
            field ->
                (field.getId() != null && field.getId().intValue() == id)
                    || (!field.isPrimitive() && has(field.asGroupType(), id)));
  }
}

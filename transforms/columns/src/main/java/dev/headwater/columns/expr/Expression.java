package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;

/**
 * A SQL scalar expression over the columns of a schema: checked when it is parsed, evaluated a
 * column at a time. The dialect is Trino's, as docs/expressions.md tells. Travels as its text and
 * schema; safe for use by many threads.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Expression implements Serializable {
  private static final long serialVersionUID = 1;

  private final String sql;
  private final Schema schema;

  private Expression(String sql, Schema schema) {
    this.sql = sql;
    this.schema = schema;
  }

  /**
   * Parses and checks an expression.
   *
   * @throws ExpressionException with all problems, if it is not one over this schema
   */
  public static Expression parse(String sql, Schema schema) {
    return new Expression(sql, schema);
  }

  /** The text it was parsed from. */
  public String sql() {
    return sql;
  }

  public Schema schema() {
    return schema;
  }

  /** The type of its values. */
  public Type type() {
    throw new UnsupportedOperationException("expressions are not yet evaluated");
  }

  /** The top-level columns it reads, in the schema's order. */
  public Set<String> columns() {
    throw new UnsupportedOperationException("expressions are not yet evaluated");
  }

  /** One text for all ways to write the same expression: case, spaces and comments don't count. */
  public String canonical() {
    throw new UnsupportedOperationException("expressions are not yet evaluated");
  }

  /**
   * The value for each row of a batch, which needs the columns of {@link #columns} by name and may
   * have others.
   *
   * @throws ExpressionException if a row has no value: division by zero, overflow, a failed cast
   */
  public Column evaluate(RowBatch batch) {
    throw new UnsupportedOperationException("expressions are not yet evaluated");
  }

  /** The rows for which this boolean expression is true (neither false nor null). */
  public Bits select(RowBatch batch) {
    throw new UnsupportedOperationException("expressions are not yet evaluated");
  }

  @Override
  public String toString() {
    return sql;
  }
}

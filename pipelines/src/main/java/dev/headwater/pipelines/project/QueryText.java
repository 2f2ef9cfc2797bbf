package dev.headwater.pipelines.project;

import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.columns.expr.Select;
import org.jspecify.annotations.Nullable;

/**
 * A query as it is written, parsed once: when it is first asked for. Two are equal that have the
 * same text.
 */
public final class QueryText {
  private final String sql;
  private volatile @Nullable Select parsed;

  QueryText(String sql) {
    this.sql = sql;
  }

  /**
   * What the text says.
   *
   * @throws ExpressionException with all problems, if it is no query, or one that makes no table
   */
  Select parsed() {
    Select known = parsed;
    if (known == null) {
      known = Select.parse(sql);
      parsed = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof QueryText text && text.sql.equals(sql);
  }

  @Override
  public int hashCode() {
    return sql.hashCode();
  }

  /** The text. */
  @Override
  public String toString() {
    return sql;
  }
}

package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import io.trino.sql.SqlFormatter;
import io.trino.sql.tree.AliasedRelation;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.QuerySpecification;
import io.trino.sql.tree.Relation;
import io.trino.sql.tree.Table;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Schema;

/**
 * A SQL query as its text says it, before its tables' columns are known. One that selects, filters
 * or groups the rows of one table can be done on columns ({@link #over}); what goes {@link #beyond}
 * that needs another engine.
 */
public final class Select {
  private final String sql;
  private final Query query;
  private final SelectLook look;

  private Select(String sql, Query query, SelectLook look) {
    this.sql = sql;
    this.query = query;
    this.look = look;
  }

  /**
   * Parses a query; a semicolon may end it.
   *
   * @throws ExpressionException with all problems, if it is none, or one that makes no table
   */
  public static Select parse(String sql) {
    String text = sql.strip().endsWith(";") ? sql.substring(0, sql.lastIndexOf(';')) : sql;
    if (!(Parsing.query(text) instanceof Query query)) {
      throw new ExpressionException(
          sql, List.of(new Problem(1, 1, "this is no query. Write select ... from <a table>.")));
    }
    SelectLook look = SelectLook.at(query);
    if (!look.problems().isEmpty()) {
      throw new ExpressionException(sql, look.problems());
    }
    return new Select(sql, query, look);
  }

  /** The text it was parsed from. */
  public String sql() {
    return sql;
  }

  /** The tables that it reads, each once, as written. */
  public Set<String> tables() {
    return look.tables().keySet();
  }

  /** Where a table is named: its line and column in the text, and what is wrong with it. */
  public Problem problem(String table, String what) {
    return Compiler.at(
        java.util.Objects.requireNonNull(look.tables().get(table), "a table of the query"), what);
  }

  /** Why it can't be done on columns, in a few words: "a join"; empty if it can. */
  public Optional<String> beyond() {
    return look.beyond();
  }

  /** One text for all ways to write the same: spaces, comments and the case of keywords. */
  public String canonical() {
    return SqlFormatter.formatSql(query).strip().replaceAll("\\s+", " ");
  }

  /**
   * The same, over the columns of its one table.
   *
   * @throws ExpressionException with all problems, if it does not fit them
   * @throws IllegalStateException if it goes beyond columns
   */
  public SelectPlan over(Schema schema) {
    if (beyond().isPresent() || !(query.getQueryBody() instanceof QuerySpecification spec)) {
      throw new IllegalStateException("`" + sql + "` has " + beyond().orElse("no select"));
    }
    return new SelectCompiler(sql, spec, names(spec.getFrom().orElseThrow()), schema).compile();
  }

  /** What the query may call its table. */
  private static Set<String> names(Relation from) {
    if (from instanceof AliasedRelation aliased) {
      return Set.of(lower(aliased.getAlias()));
    }
    List<Identifier> parts = ((Table) from).getName().getOriginalParts();
    return Set.of(lower(parts.get(parts.size() - 1)));
  }

  private static String lower(Identifier name) {
    return name.getValue().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return sql;
  }
}

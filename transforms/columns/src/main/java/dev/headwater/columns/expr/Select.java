package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import io.trino.sql.SqlFormatter;
import io.trino.sql.tree.AliasedRelation;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.QuerySpecification;
import io.trino.sql.tree.Relation;
import io.trino.sql.tree.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Schema;

/**
 * A SQL query as its text says it, before its tables' columns are known. One that selects, filters
 * or groups the rows of one table, {@link #simple}, can be asked for that alone.
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

  /** Whether it looks at the rows of one table, each alone or in groups. */
  public boolean simple() {
    return look.simple();
  }

  /** Why nothing here can do it, in a few words: "a subquery"; empty if something can. */
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
   * @throws IllegalStateException if it is not {@link #simple}
   */
  public SelectPlan over(Schema schema) {
    if (!simple() || !(query.getQueryBody() instanceof QuerySpecification spec)) {
      throw new IllegalStateException("`" + sql + "` reads more than one table's rows, once");
    }
    Scope scope = Scope.of(name(spec.getFrom().orElseThrow()), schema);
    return new SelectCompiler(sql, spec, scope, true).compile();
  }

  /**
   * How its rows come about.
   *
   * @param tables the columns of each of {@link #tables}
   * @throws ExpressionException with all problems, if it does not fit them
   */
  public QueryPlan over(Map<String, Schema> tables) {
    return new QueryCompiler(sql, query, tables).compile(query);
  }

  /** What the query calls its table. */
  private static String name(Relation from) {
    return from instanceof AliasedRelation aliased
        ? aliased.getAlias().getValue()
        : ((Table) from).getName().getSuffix();
  }

  @Override
  public String toString() {
    return sql;
  }
}

package dev.headwater.columns.expr;

import java.util.List;

/**
 * An expression that is wrong, or that fails on a row: every problem found, each with its place in
 * the text and, where there is one, the name that was probably meant.
 */
public final class ExpressionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /**
   * One mistake.
   *
   * @param line of the expression's text, from 1
   * @param column within the line, from 1
   * @param what one or two sentences: what is wrong and how to mend it
   */
  public record Problem(int line, int column, String what) implements java.io.Serializable {
    @Override
    public String toString() {
      return (line > 1 ? "line " + line + ", " : "") + "column " + column + ": " + what;
    }
  }

  private final String sql;
  private final transient List<Problem> problems;
  private final String row;

  ExpressionException(String sql, List<Problem> problems) {
    this(sql, problems, "");
  }

  ExpressionException(String sql, List<Problem> problems, String row) {
    super(message(sql, problems));
    this.sql = sql;
    this.problems = List.copyOf(problems);
    this.row = row;
  }

  private static String message(String sql, List<Problem> problems) {
    StringBuilder out = new StringBuilder("In `").append(sql.strip()).append("`");
    for (Problem problem : problems) {
      out.append(problems.size() == 1 ? ", " : "\n  ").append(problem);
    }
    return out.toString();
  }

  /** The expression's text. */
  public String sql() {
    return sql;
  }

  /** The row that it fails on, as far as it was read: "id = 7, fare = 'x'"; empty if on none. */
  public String row() {
    return row;
  }

  /** What is wrong, in the text's order; empty if this came through serialization. */
  public List<Problem> problems() {
    return problems == null ? List.of() : problems;
  }
}

package dev.headwater.columns.expr;

import dev.headwater.columns.expr.ExpressionException.Problem;
import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.Statement;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text into a tree, with the parser's complaints in plain words. */
final class Parsing {
  private static final Pattern UNEXPECTED =
      Pattern.compile("(?:mismatched input|extraneous input) '(.*?)'(?:[. ].*)?", Pattern.DOTALL);
  private static final Pattern EXTRACT = Pattern.compile("Invalid EXTRACT field: (.*)");

  private Parsing() {}

  static Expression parse(String sql) {
    if (sql.isBlank()) {
      throw new ExpressionException(sql, List.of(new Problem(1, 1, "there is no expression.")));
    }
    return parsed(sql, SqlParser::createExpression);
  }

  /** A whole query. */
  static Statement query(String sql) {
    return parsed(sql, SqlParser::createStatement);
  }

  private static <T> T parsed(String sql, BiFunction<SqlParser, String, T> as) {
    try {
      return as.apply(new SqlParser(), sql);
    } catch (ParsingException e) {
      Problem problem = new Problem(e.getLineNumber(), e.getColumnNumber(), plain(e, sql));
      throw new ExpressionException(sql, List.of(problem));
    } catch (StackOverflowError e) {
      throw new ExpressionException(
          sql, List.of(new Problem(1, 1, "the expression is nested too deeply.")));
    }
  }

  private static String plain(ParsingException e, String sql) {
    String message = e.getErrorMessage();
    Matcher extract = EXTRACT.matcher(message);
    if (extract.matches()) {
      return extract.group(1).equalsIgnoreCase("epoch")
          ? "extract has no epoch. Write to_unixtime(...)."
          : "extract has no '"
              + extract.group(1)
              + "'. "
              + Words.meant(extract.group(1), TimeField.NAMES.keySet());
    }
    String hint = hint(sql, e);
    Matcher unexpected = UNEXPECTED.matcher(message);
    if (unexpected.matches()) {
      String found = unexpected.group(1);
      return found.equals("<EOF>")
          ? "the expression ends too early."
          : "'" + found + "' is not expected here." + hint;
    }
    return hint.isEmpty() ? message + (message.endsWith(".") ? "" : ".") : hint.strip();
  }

  private static String hint(String sql, ParsingException e) {
    List<String> lines = sql.lines().toList();
    String line = e.getLineNumber() <= lines.size() ? lines.get(e.getLineNumber() - 1) : "";
    int at = Math.max(0, Math.min(line.length(), e.getColumnNumber() - 1));
    String near = line.substring(Math.max(0, at - 1), Math.min(line.length(), at + 2));
    if (near.contains("==")) {
      return " Write = to compare.";
    } else if (near.contains("&&")) {
      return " Write AND.";
    } else if (near.contains("||") || near.contains("|")) {
      return " Write OR for conditions; || joins strings.";
    } else if (near.contains("!")) {
      return " Write NOT, or <> for not equal.";
    } else if (sql.chars().filter(c -> c == '\'').count() % 2 == 1) {
      return " A quote (') is not closed.";
    }
    return "";
  }
}

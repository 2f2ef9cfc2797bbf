package dev.headwater.pipelines.project;

import io.trino.sql.ExpressionFormatter;
import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.Identifier;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text of SQL expressions, before there is a schema to check them against. */
final class Sql {
  private static final SqlParser PARSER = new SqlParser();

  private static final Pattern NAME_OF_CALL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*\"?\\(");

  private Sql() {}

  /** One text for all spellings of the same expression: spaces, line ends and keywords' case. */
  static String canonical(String sql) {
    try {
      return functions(ExpressionFormatter.formatExpression(PARSER.createExpression(sql)));
    } catch (ParsingException e) {
      return sql.strip().replaceAll("\\s+", " ");
    }
  }

  /** Functions' names in lower case; columns keep theirs, and so do texts. */
  static String functions(String sql) {
    String[] parts = sql.split("'", -1);
    for (int i = 0; i < parts.length; i += 2) {
      parts[i] = NAME_OF_CALL.matcher(parts[i]).replaceAll(m -> m.group().toLowerCase(Locale.ROOT));
    }
    return String.join("'", parts);
  }

  /** Why this is no expression, or null if it is one. */
  static @Nullable String complaint(String sql) {
    try {
      PARSER.createExpression(sql);
      return null;
    } catch (ParsingException e) {
      String why = e.getErrorMessage();
      int expecting = why.indexOf(". Expecting");
      return "cannot read `%s` as an expression: %s in column %d"
          .formatted(sql, expecting < 0 ? why : why.substring(0, expecting), e.getColumnNumber());
    }
  }

  /**
   * A column's name as an expression has it: in quotes where it would be read as something else.
   */
  static String name(String column) {
    try {
      if (column.matches("[A-Za-z_][A-Za-z0-9_]*")
          && PARSER.createExpression(column) instanceof Identifier) {
        return column;
      }
    } catch (ParsingException e) {
      // A word of SQL's own.
    }
    return '"' + column.replace("\"", "\"\"") + '"';
  }

  /** Whether all quotes and brackets are closed. */
  static boolean whole(String sql) {
    return open(sql, sql.length()) == 0;
  }

  /** The shortest beginning of a text, of more than so many characters, that is whole; or all. */
  static String wholeStart(String text, int atLeast) {
    for (int end = atLeast + 1; end < text.length(); end++) {
      if (open(text, end) == 0 && ",]}".indexOf(text.charAt(end)) >= 0) {
        return text.substring(0, end).strip();
      }
    }
    return text.strip();
  }

  private static int open(String sql, int end) {
    int depth = 0;
    char quote = 0;
    for (int i = 0; i < end; i++) {
      char c = sql.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      }
    }
    return depth + (quote == 0 ? 0 : 1_000);
  }
}

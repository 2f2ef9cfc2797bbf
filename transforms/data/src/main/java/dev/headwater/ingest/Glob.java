package dev.headwater.ingest;

import java.util.regex.Pattern;

/**
 * A pattern of paths with {@code /} between their parts: {@code *} and {@code ?} within a part,
 * {@code **} over any number of them, {@code [a-z]}, <code>{a,b}</code>; a backslash takes the next
 * character as it is. Parts that begin with a dot are matched only where the pattern's do.
 */
record Glob(String root, Pattern pattern) {
  private static final String SPECIAL = "*?[{";

  /** Whether a text means more than itself. */
  static boolean isGlob(String text) {
    return first(text) >= 0;
  }

  private static int first(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (SPECIAL.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  /**
   * A pattern.
   *
   * @return with the folder that everything lies in which it matches, and its slash; perhaps empty
   * @throws IllegalArgumentException if a bracket is not closed
   */
  static Glob of(String text) {
    int root = text.lastIndexOf('/', Math.max(0, first(text))) + 1;
    StringBuilder out = new StringBuilder();
    int depth = 0;
    boolean begins = true;
    for (int i = root; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean atBegin = begins;
      begins = c == '/';
      switch (c) {
        case '*' -> {
          boolean many = i + 1 < text.length() && text.charAt(i + 1) == '*';
          if (many && i + 2 < text.length() && text.charAt(i + 2) == '/') {
            out.append("(?:(?!\\.)[^/]+/)*");
            i += 2;
            begins = true;
          } else if (many) {
            out.append("(?!\\.)(?:[^/]|/(?!\\.))*");
            i++;
          } else {
            out.append(atBegin ? "(?!\\.)" : "").append("[^/]*");
          }
        }
        case '?' -> out.append(atBegin ? "(?!\\.)" : "").append("[^/]");
        case '[' -> {
          int end = text.indexOf(']', i + 2);
          if (end < 0) {
            throw new IllegalArgumentException("'" + text + "' has a [ without its ]");
          }
          String set = text.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
          out.append("(?!/)[").append(set.startsWith("!") ? "^" + set.substring(1) : set);
          out.append(']');
          i = end;
        }
        case '{' -> {
          depth++;
          out.append("(?:");
          begins = atBegin;
        }
        case '}' -> out.append(depth-- > 0 ? ")" : "\\}");
        case ',' -> out.append(depth > 0 ? "|" : ",");
        case '\\' -> {
          i = Math.min(i + 1, text.length() - 1);
          out.append(Pattern.quote(text.substring(i, i + 1)));
        }
        default -> out.append(Pattern.quote(String.valueOf(c)));
      }
    }
    if (depth > 0) {
      throw new IllegalArgumentException("'" + text + "' has a { without its }");
    }
    return new Glob(text.substring(0, root), Pattern.compile(out.toString()));
  }

  /** Whether a path below the root matches. */
  boolean matches(String below) {
    return pattern.matcher(below).matches();
  }
}

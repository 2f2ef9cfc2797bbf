package dev.headwater.columns.expr;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Text against a pattern in which % stands for any characters and _ for one. */
final class Like {
  private Like() {}

  static Node of(Node value, Node pattern, @Nullable Node escape) {
    List<Node> all = escape == null ? List.of(value, pattern) : List.of(value, pattern, escape);
    for (Node node : all) {
      if (!SqlTypes.isString(node.type) && !node.type.equals(SqlTypes.UNKNOWN)) {
        throw new Mistake("LIKE takes strings, not " + SqlTypes.name(node.type) + ".");
      }
    }
    if (all.stream().anyMatch(n -> n instanceof Constant c && c.value == null)) {
      return new Constant(SqlTypes.BOOLEAN, null);
    }
    boolean constant = all.subList(1, all.size()).stream().allMatch(n -> n instanceof Constant);
    if (!constant) {
      return new Call(
          SqlTypes.BOOLEAN,
          true,
          a -> matches(pattern((String) a[1], a.length > 2 ? (String) a[2] : null), a[0]),
          all);
    }
    try {
      Pattern compiled = pattern(text(pattern), escape == null ? null : text(escape));
      return new Matches(value, compiled, prefix(text(pattern), escape));
    } catch (Call.Fault fault) {
      throw new Mistake(fault.getMessage() + "");
    }
  }

  private static String text(Node constant) {
    return String.valueOf(((Constant) constant).value);
  }

  private static boolean matches(Pattern pattern, Object text) {
    return pattern.matcher((String) text).matches();
  }

  /** The characters that every match begins with; Java's null if the escape makes it unclear. */
  private static @Nullable String prefix(String pattern, @Nullable Node escape) {
    if (escape != null) {
      return null;
    }
    int end = 0;
    while (end < pattern.length() && "%_".indexOf(pattern.charAt(end)) < 0) {
      end++;
    }
    return pattern.substring(0, end);
  }

  static Pattern pattern(String like, @Nullable String escape) {
    if (escape != null && escape.length() != 1) {
      throw new Call.Fault("the escape of LIKE is one character, not '" + escape + "'.");
    }
    StringBuilder regex = new StringBuilder();
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < like.length(); i++) {
      char c = like.charAt(i);
      if (escape != null && c == escape.charAt(0)) {
        i++;
        if (i == like.length() || (like.charAt(i) != c && "%_".indexOf(like.charAt(i)) < 0)) {
          throw new Call.Fault(
              "in the pattern '" + like + "' the escape must stand before %, _ or itself.");
        }
        plain.append(like.charAt(i));
      } else if (c == '%' || c == '_') {
        regex.append(Pattern.quote(plain.toString())).append(c == '%' ? ".*" : ".");
        plain.setLength(0);
      } else {
        plain.append(c);
      }
    }
    return Pattern.compile(
        regex.append(Pattern.quote(plain.toString())).toString(), Pattern.DOTALL);
  }

  /** A pattern that is known. */
  static final class Matches extends Node {
    final Node value;
    final @Nullable String prefix;
    private final Node call;

    Matches(Node value, Pattern pattern, @Nullable String prefix) {
      super(SqlTypes.BOOLEAN, false, List.of(value));
      this.value = value;
      this.prefix = prefix;
      this.call = new Call(SqlTypes.BOOLEAN, false, a -> matches(pattern, a[0]), List.of(value));
    }

    @Override
    dev.headwater.columns.Column compute(Rows rows) {
      return call.compute(rows);
    }
  }
}

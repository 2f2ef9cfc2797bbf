package dev.headwater.pipelines.project;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The texts of one mapping of a YAML file: plain ones, and SQL that YAML ends at a comma, a bracket
 * or a comment where it isn't quoted. What is wrong is noted and null is returned for it.
 */
final class Scalars {
  private final Notes notes;
  private final FlowStyle style;
  private boolean cut;

  /**
   * @param style that of the mapping: in braces, or a line a key
   */
  Scalars(Notes notes, FlowStyle style) {
    this.notes = notes;
    this.style = style;
  }

  /** Whether one was ended too early; what follows it are keys that nobody wrote. */
  boolean cut() {
    return cut;
  }

  /** A single text. */
  @Nullable String text(Node value, String at) {
    if (!(value instanceof ScalarNode scalar)) {
      notes.problem(value, at, "must be a single text, not " + kind(value));
      return null;
    }
    if (scalar.getValue().isBlank() || scalar.getTag().equals(Tag.NULL)) {
      notes.problem(value, at, "is empty. Write a value, or leave the key out.");
      return null;
    }
    return scalar.getValue();
  }

  /**
   * An SQL query.
   *
   * @param strange whether the mapping has a key without a value: what YAML makes of its rest
   */
  @Nullable String query(Node value, String key, String at, boolean strange) {
    String text = text(value, at);
    if (text == null || style != FlowStyle.FLOW || !strange) {
      return text;
    }
    String rest = notes.rest(value);
    String meant = rest.substring(0, Math.max(text.length(), rest.lastIndexOf('}'))).strip();
    return ended(value, key, at, "query at a comma, after `" + text, meant);
  }

  /** An SQL expression. */
  @Nullable String expression(Node value, String key, String at) {
    String rest = notes.rest(value);
    if (style == FlowStyle.BLOCK && !(value instanceof ScalarNode) && !rest.isEmpty()) {
      notes.problem(
          value,
          at,
          "must be an expression, not "
              + kind(value)
              + ". If it is one, quote it: "
              + quoted(key, rest));
      return null;
    }
    String text = text(value, at);
    if (text == null || !(value instanceof ScalarNode scalar)) {
      return null;
    }
    if (scalar.getScalarStyle() == ScalarStyle.PLAIN && !Sql.whole(text)) {
      if (rest.startsWith(text) && rest.length() > text.length()) {
        boolean comment = rest.substring(text.length()).strip().startsWith("#");
        String by = comment ? "#" : "comma or bracket";
        String meant = Sql.wholeStart(rest, text.length());
        return ended(value, key, at, "expression at a " + by + ", after `" + text, meant);
      }
      notes.problem(value, at, "`" + text + "` has a quote or bracket that isn't closed");
      return null;
    }
    String complaint = Sql.complaint(text);
    if (complaint != null) {
      notes.problem(value, at, complaint);
      return null;
    }
    return text;
  }

  private @Nullable String ended(Node value, String key, String at, String where, String meant) {
    cut = true;
    notes.problem(value, at, "YAML ends this " + where + "`. Quote it: " + quoted(key, meant));
    return null;
  }

  private static String quoted(String key, String text) {
    return key + ": " + Yaml.quote(text);
  }

  static String kind(Node value) {
    return value instanceof SequenceNode
        ? "a list"
        : value instanceof MappingNode ? "a mapping" : "a text";
  }
}

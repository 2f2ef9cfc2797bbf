package dev.headwater.pipelines.project;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A mapping of a YAML file while it is read: asked key by key, it notes what is wrong and returns
 * null for it; at its {@link #end}, keys that nobody asked for are unknown ones.
 */
final class Section {
  private final Notes notes;
  private final String path;
  private final MappingNode node;
  private final Scalars scalars;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();
  private List<Section> defaults = List.of();

  Section(Notes notes, String path, MappingNode node) {
    this.notes = notes;
    this.path = path;
    this.node = node;
    this.scalars = new Scalars(notes, node.getFlowStyle());
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        notes.problem(tuple.getKeyNode(), path, "a key must be a plain name");
        continue;
      }
      String name = key.getValue();
      Node first = keys.get(name);
      if (first != null) {
        notes.problem(key, in(name), "is there twice, first in " + Notes.place(first, key));
        continue;
      }
      keys.put(name, key);
      values.put(name, tuple.getValueNode());
      notes.at(in(name), key);
    }
  }

  Notes notes() {
    return notes;
  }

  String path() {
    return path;
  }

  /** The file that it stands in. */
  String file() {
    return Notes.file(node);
  }

  /** The last part of its path: what is declared here. */
  String name() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  String in(String key) {
    Section said = said(key);
    return said != this ? said.in(key) : path.isEmpty() ? key : path + "." + key;
  }

  /** The same, with what it leaves out taken from the first of these that has it. */
  Section or(List<Section> others) {
    defaults = List.copyOf(others);
    return this;
  }

  /** Which one says something of a key: this one, or one of those that stand in for it. */
  private Section said(String key) {
    if (values.containsKey(key)) {
      return this;
    }
    return defaults.stream()
        .filter(other -> other.values.containsKey(key))
        .findFirst()
        .orElse(this);
  }

  private @Nullable Node node(String key) {
    return said(key).values.get(key);
  }

  boolean has(String key) {
    return node(key) != null;
  }

  Set<String> names() {
    return keys.keySet();
  }

  /** The names under a key that holds a mapping. */
  Set<String> names(String key) {
    return values.get(key) instanceof MappingNode mapping
        ? new Section(new Notes(), "", mapping).names()
        : Set.of();
  }

  void problem(String key, String what) {
    notes.problem(place(key), in(key), what);
  }

  /** A problem within the text of a key, in another line than the key. */
  void problem(String key, int line, String what) {
    notes.problem(place(key), line, in(key), what);
  }

  /** The key, or else the whole. */
  private Node place(String key) {
    Node at = said(key).keys.get(key);
    return at == null ? node : at;
  }

  /** The line of a key. */
  int line(String key) {
    return Notes.line(place(key));
  }

  /** The file's line of a line of a key's text. */
  int line(String key, String text, int line) {
    return DerivedSection.line(line(key), text, line);
  }

  /** A problem of the section as a whole. */
  void problem(String what) {
    notes.problem(node, path, what);
  }

  /** The text of a scalar, or null if there is none. */
  @Nullable String text(String key) {
    Node value = ask(key);
    return value == null ? null : scalars.text(value, in(key));
  }

  /** The text of a scalar that must be there. */
  @Nullable String required(String key, String example) {
    if (!has(key)) {
      notes.problem(node, in(key), "is missing. Write " + key + ": " + example);
      asked.add(key);
      return null;
    }
    return text(key);
  }

  /** A text that its own reader makes a value of; what it says against it is a problem. */
  <T> @Nullable T value(String key, Function<String, T> reader) {
    String text = text(key);
    return text == null ? null : read(reader, text, key);
  }

  <T> @Nullable T read(Function<String, T> reader, String text, String key) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      problem(key, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** An SQL expression that YAML has left whole. */
  @Nullable String expression(String key) {
    Node value = ask(key);
    return value == null ? null : scalars.expression(value, key, in(key));
  }

  /** An SQL query that YAML has left whole. */
  @Nullable String query(String key) {
    Node value = ask(key);
    return value == null
        ? null
        : scalars.query(value, key, in(key), names().stream().anyMatch(this::empty));
  }

  /** One text or a list of texts; empty if there is none. */
  List<String> texts(String key) {
    return texts(key, false);
  }

  /** The texts of a key, and those of all that stand in for it where it says nothing. */
  List<String> allTexts(String key) {
    List<String> all = new ArrayList<>();
    for (Section other : defaults) {
      other.asked.add(key);
      if (other.values.containsKey(key)) {
        all.addAll(0, other.texts(key));
      }
    }
    if (values.containsKey(key)) {
      all.addAll(texts(key));
    }
    asked.add(key);
    return all;
  }

  /** One expression or a list of them. */
  List<String> expressions(String key) {
    return texts(key, true);
  }

  private List<String> texts(String key, boolean expressions) {
    Node value = ask(key);
    if (value == null) {
      return List.of();
    }
    List<Node> items = value instanceof SequenceNode list ? list.getValue() : List.of(value);
    List<String> texts = new ArrayList<>();
    for (Node item : items) {
      String text =
          expressions ? scalars.expression(item, key, in(key)) : scalars.text(item, in(key));
      if (text != null) {
        texts.add(text);
      }
      if (scalars.cut()) {
        break;
      }
    }
    return texts;
  }

  /** Whether the key's value is a mapping. */
  boolean isSection(String key) {
    return node(key) instanceof MappingNode;
  }

  /** The mapping under a key, or null if there is none. */
  @Nullable Section section(String key) {
    Node value = ask(key);
    if (value == null) {
      return null;
    }
    if (value instanceof MappingNode mapping) {
      return new Section(notes, in(key), mapping);
    }
    notes.problem(
        value, in(key), "must be a mapping (names and values), not " + Scalars.kind(value));
    return null;
  }

  /** Notes the keys that nobody asked for. */
  void end() {
    for (String key : keys.keySet()) {
      if (asked.contains(key) || (scalars.cut() && empty(key))) {
        continue;
      }
      problem(
          key,
          "unknown key '"
              + key
              + "'."
              + Nearest.of(key, asked)
              + " There are "
              + String.join(", ", asked)
              + ".");
    }
  }

  /** All of it as lists, maps and texts. */
  Object plain() {
    return Yaml.plain(node);
  }

  /** The value of a key as it is; null if there is none. */
  @Nullable Node ask(String key) {
    asked.add(key);
    defaults.forEach(other -> other.asked.add(key));
    return node(key);
  }

  private boolean empty(String key) {
    return values.get(key) instanceof ScalarNode s && s.getValue().isEmpty();
  }
}

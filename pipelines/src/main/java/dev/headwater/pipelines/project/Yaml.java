package dev.headwater.pipelines.project;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * YAML 1.2 as nodes with their lines. No object is ever built from a tag, and size, depth and
 * aliases are bounded, so a hostile file costs nothing.
 */
final class Yaml {
  private static final int MOST_CHARACTERS = 1_000_000;
  private static final int MOST_DEPTH = 20;
  private static final int MOST_ALIASES = 50;
  private static final Pattern VALUE = Pattern.compile("\\s*(?:- )?([A-Za-z0-9_]+): +(.*?)\\s*");

  private static final Pattern FLOW = Pattern.compile("[{,]\\s*([A-Za-z0-9_]+): +");

  private Yaml() {}

  /** The file's top mapping, or a problem that says why there is none. */
  static Section top(String file, String text) {
    Notes notes = new Notes();
    return new Section(notes, "", mapping(notes, file, text));
  }

  /**
   * A file's top mapping; all its nodes know the file.
   *
   * @throws ProjectException if there is none
   */
  static MappingNode mapping(Notes notes, String file, String text) {
    notes.reads(file, text);
    if (text.length() > MOST_CHARACTERS) {
      throw refused(file, 0, "it has more than " + MOST_CHARACTERS + " characters. Split it.");
    }
    try {
      bounded(file, text);
      Optional<Node> root = new Compose(settings(file)).composeString(text);
      if (root.isEmpty()) {
        throw refused(file, 0, "it is empty. A project begins with its name: `project: flights`.");
      }
      if (!(root.get() instanceof MappingNode mapping)) {
        throw refused(file, 1, "it is not a mapping. Write `key: value` lines.");
      }
      return mapping;
    } catch (MarkedYamlEngineException e) {
      throw unreadable(file, text, e);
    } catch (YamlEngineException e) {
      throw refused(file, 0, "it is not YAML: " + e.getMessage());
    }
  }

  /** A node as lists, maps and texts; what refers to itself has no end and is refused. */
  static Object plain(Node node) {
    return plain(node, 0);
  }

  private static Object plain(Node node, int depth) {
    if (depth > MOST_DEPTH) {
      throw new IllegalArgumentException("nested too deep");
    }
    if (node instanceof MappingNode mapping) {
      Map<String, Object> map = new LinkedHashMap<>();
      for (NodeTuple tuple : mapping.getValue()) {
        map.put(
            String.valueOf(plain(tuple.getKeyNode(), depth + 1)),
            plain(tuple.getValueNode(), depth + 1));
      }
      return map;
    }
    if (node instanceof SequenceNode list) {
      return list.getValue().stream().map(item -> plain(item, depth + 1)).toList();
    }
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private static LoadSettings settings(String file) {
    return LoadSettings.builder()
        .setLabel(file)
        .setCodePointLimit(MOST_CHARACTERS)
        .setUseMarks(true)
        .build();
  }

  /** Depth and aliases are counted on events, before anything recursive sees the file. */
  private static void bounded(String file, String text) {
    int depth = 0;
    int aliases = 0;
    int documents = 0;
    for (Event event : new Parse(settings(file)).parseString(text)) {
      int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> {
          if (++depth > MOST_DEPTH) {
            throw refused(file, line, "it is nested more than " + MOST_DEPTH + " deep.");
          }
        }
        case MappingEnd, SequenceEnd -> depth--;
        case Alias -> {
          if (++aliases > MOST_ALIASES) {
            throw refused(file, line, "it has more than " + MOST_ALIASES + " aliases (*name).");
          }
        }
        case DocumentStart -> {
          if (++documents > 1) {
            throw refused(file, line, "it has a second document. Write one file for each.");
          }
        }
        default -> {}
      }
    }
  }

  private static ProjectException refused(String file, int line, String what) {
    return new ProjectException(file, List.of(new Problem(line, "", what)));
  }

  /** The reader's own words, and the quoting if it stumbled over an expression. */
  private static ProjectException unreadable(
      String file, String text, MarkedYamlEngineException e) {
    Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
    int line = mark == null ? 0 : mark.getLine();
    // An unclosed quote is noticed at the end of the file; it begins where the context says.
    if (e.getProblem() != null && e.getProblem().contains("end of stream")) {
      line = e.getContextMark().map(Mark::getLine).orElse(line);
    }
    String[] lines = text.split("\\R", -1);
    String at = line < lines.length ? lines[line] : "";
    String what = "it is not YAML: " + e.getProblem() + ".";
    String quoting = quoting(at);
    if (!quoting.isEmpty()) {
      what += " If the value is one text, quote it: " + quoting;
    } else if (at.contains("\t")) {
      what += " Indent with spaces, not with tabs.";
    }
    return refused(file, line + 1, what);
  }

  /** A line's value in quotes: the one that YAML cut, or the whole rest of the line. */
  private static String quoting(String line) {
    Matcher inner = FLOW.matcher(line);
    while (inner.find()) {
      String rest = line.substring(inner.end());
      int end = 0;
      while (end < rest.length() && ",]}".indexOf(rest.charAt(end)) < 0) {
        end++;
      }
      if (!Sql.whole(rest.substring(0, end)) && Sql.whole(Sql.wholeStart(rest, end))) {
        return inner.group(1) + ": " + quote(Sql.wholeStart(rest, end));
      }
    }
    Matcher value = VALUE.matcher(line);
    return value.matches() && !value.group(2).isEmpty() && !quoted(value.group(2))
        ? value.group(1) + ": " + quote(value.group(2))
        : "";
  }

  private static boolean quoted(String value) {
    return value.length() > 1
        && (value.charAt(0) == '"' || value.charAt(0) == '\'')
        && value.indexOf(value.charAt(0), 1) == value.length() - 1;
  }

  /** As a YAML scalar in double quotes. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c >= 0x7f && c <= 0x9f || c >= 0xfffe) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}

package dev.headwater.pipelines.project;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** What is noted while files are read: their mistakes, and the places of their parts. */
final class Notes {
  private final Map<String, String[]> texts = new LinkedHashMap<>();
  private final Set<Problem> problems = new LinkedHashSet<>();
  private final Map<String, Origin.Place> places = new HashMap<>();
  private int told;

  /** A file that is read now: the first one is the project's own. */
  void reads(String file, String text) {
    texts.put(file, text.split("\\R", -1));
  }

  /** The files, in the order in which they were read. */
  List<String> files() {
    return List.copyOf(texts.keySet());
  }

  void problem(Node node, String path, String what) {
    problem(node, line(node), path, what);
  }

  /** Of another line than where the node begins. */
  void problem(Node node, int line, String path, String what) {
    told++;
    problems.add(new Problem(file(node), line, path, what));
  }

  void at(String path, Node node) {
    places.putIfAbsent(path, new Origin.Place(file(node), line(node)));
  }

  /** Each once, however many declarations have it from their folder. */
  List<Problem> problems() {
    return new ArrayList<>(problems);
  }

  /** How many were told so far, repeated ones too. */
  int told() {
    return told;
  }

  Map<String, Origin.Place> places() {
    return places;
  }

  /** The file's text from where a node begins to the end of that line. */
  String rest(Node node) {
    return node.getStartMark()
        .map(
            mark -> {
              String[] text = texts.getOrDefault(mark.getName(), new String[0]);
              String line = mark.getLine() < text.length ? text[mark.getLine()] : "";
              return line.substring(Math.min(mark.getColumn(), line.length()));
            })
        .orElse("");
  }

  /** "line 3", with the file if that is another. */
  static String place(Node node, Node from) {
    return "line " + line(node) + (file(node).equals(file(from)) ? "" : " of " + file(node));
  }

  static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }

  static String file(Node node) {
    return node.getStartMark().map(Mark::getName).orElse("");
  }
}

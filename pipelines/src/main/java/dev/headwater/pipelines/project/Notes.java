package dev.headwater.pipelines.project;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.Node;

/** What is noted while a file is read: its mistakes, and the lines of its parts. */
final class Notes {
  final String file;
  private final String[] source;
  private final List<Problem> problems = new ArrayList<>();
  private final Map<String, Integer> lines = new HashMap<>();

  Notes(String file, String text) {
    this.file = file;
    this.source = text.split("\\R", -1);
  }

  void problem(Node node, String path, String what) {
    problems.add(new Problem(line(node), path, what));
  }

  void problem(int line, String path, String what) {
    problems.add(new Problem(line, path, what));
  }

  void at(String path, Node node) {
    lines.putIfAbsent(path, line(node));
  }

  List<Problem> problems() {
    return problems;
  }

  Map<String, Integer> lines() {
    return lines;
  }

  /** The file's text from where a node begins to the end of that line. */
  String rest(Node node) {
    return node.getStartMark()
        .map(
            mark ->
                source[mark.getLine()].substring(
                    Math.min(mark.getColumn(), source[mark.getLine()].length())))
        .orElse("");
  }

  static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }
}

package dev.headwater.pipelines;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step on the way back of a row: what is there, why, and what it came from.
 *
 * @param of what it is about: "flights@5822…", "data/flights.csv"
 * @param facts of the step, for programs: the run, the snapshot, how many rows
 * @param rows values by column; the first ones only
 * @param notes what there is to say, a sentence each
 */
record RowNode(
    String of,
    Map<String, Object> facts,
    List<Map<String, @Nullable Object>> rows,
    List<String> notes,
    List<RowNode> from) {
  private static final int WIDTH = 100;
  private static final int VALUE = 40;

  RowNode {
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
    from = List.copyOf(from);
  }

  static RowNode of(String of, Map<String, Object> facts, List<String> notes) {
    return new RowNode(of, facts, List.of(), notes, List.of());
  }

  Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("of", of);
    data.putAll(facts);
    data.put("rows", rows);
    data.put("notes", notes);
    data.put("from", from.stream().map(RowNode::data).toList());
    return data;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines("", lines);
    return lines;
  }

  private void lines(String indent, List<String> to) {
    to.add(indent + of);
    for (Map<String, @Nullable Object> row : rows) {
      wrapped(indent + "    ", row, to);
    }
    notes.forEach(note -> to.add(indent + "  " + note));
    from.forEach(node -> node.lines(indent + "  ", to));
  }

  private static void wrapped(String indent, Map<String, @Nullable Object> row, List<String> to) {
    StringBuilder line = new StringBuilder(indent);
    for (Map.Entry<String, @Nullable Object> e : row.entrySet()) {
      Object value = e.getValue();
      String text =
          e.getKey()
              + "="
              + (value == null ? "null" : SafeText.brief(SafeText.shown(value.toString()), VALUE));
      if (line.length() > indent.length() && line.length() + text.length() > WIDTH) {
        to.add(line.toString().stripTrailing());
        line = new StringBuilder(indent + "  ");
      }
      line.append(text).append("  ");
    }
    to.add(line.toString().stripTrailing());
  }
}

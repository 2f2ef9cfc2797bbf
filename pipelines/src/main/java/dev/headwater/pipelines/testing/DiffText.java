package dev.headwater.pipelines.testing;

import dev.headwater.pipelines.project.Tolerance;
import dev.headwater.validate.RowJson;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A difference of rows, as wide as a terminal: columns that differ are always shown. */
final class DiffText {
  private static final int WIDTH = 92;
  private static final int CELL = 40;
  private static final int ROWS = 20;

  private final RowsDiff diff;
  private final Tolerance tolerance;

  DiffText(RowsDiff diff, Tolerance tolerance) {
    this.diff = diff;
    this.tolerance = tolerance;
  }

  /** The lines below a count of what differs. */
  List<String> lines() {
    List<Integer> order = new ArrayList<>();
    IntStream all = IntStream.range(0, diff.fields().size());
    List<Integer> differing =
        all.filter(c -> diff.changed().stream().anyMatch(p -> diff.differs(p, c, tolerance)))
            .boxed()
            .toList();
    List<List<String>> rows = rows();
    // What doesn't differ tells which row it is, as far as there is room.
    int room = WIDTH - 4 - differing.stream().mapToInt(c -> width(rows, c) + 2).sum();
    for (int c = 0; c < diff.fields().size(); c++) {
      if (differing.contains(c)) {
        order.add(c);
      } else if (room >= width(rows, c) + 2) {
        room -= width(rows, c) + 2;
        order.add(c);
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ").append(row.get(row.size() - 1)).append(' ');
      for (int c : order) {
        String cell = row.get(c);
        int pad = width(rows, c) - cell.codePointCount(0, cell.length());
        line.append(' ').append(cell).append(" ".repeat(pad)).append(' ');
      }
      lines.add(line.toString().stripTrailing());
    }
    int hidden = diff.fields().size() - order.size();
    int more = count() - (rows.size() - 1);
    if (hidden > 0) {
      lines.add("    and " + hidden + (hidden == 1 ? " column" : " columns") + " more");
    }
    if (more > 0) {
      lines.add("    and " + more + (more == 1 ? " row" : " rows") + " more");
    }
    return lines;
  }

  private int count() {
    return diff.changed().size() + diff.missing().size() + diff.unexpected().size();
  }

  /** The heading and the first rows; behind the cells stands what is with the row. */
  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    List<String> head =
        new ArrayList<>(diff.fields().stream().map(Types.NestedField::name).toList());
    head.add(" ");
    rows.add(head);
    for (RowsDiff.Pair pair : diff.changed()) {
      List<String> row = new ArrayList<>();
      for (int c = 0; c < diff.fields().size(); c++) {
        String there = text(pair.there()[c], c);
        boolean differs = diff.differs(pair, c, tolerance);
        row.add(differs ? there + ", not " + text(pair.expected()[c], c) : there);
      }
      row.add("~");
      rows.add(row);
    }
    diff.missing().forEach(row -> rows.add(row(row, "-")));
    diff.unexpected().forEach(row -> rows.add(row(row, "+")));
    return rows.size() > ROWS + 1 ? rows.subList(0, ROWS + 1) : rows;
  }

  private List<String> row(@Nullable Object[] values, String sign) {
    List<String> row = new ArrayList<>();
    for (int c = 0; c < values.length; c++) {
      row.add(text(values[c], c));
    }
    row.add(sign);
    return row;
  }

  private String text(@Nullable Object value, int column) {
    return brief(value == null ? "null" : RowJson.text(value, diff.fields().get(column).type()));
  }

  /** In one line, without what moves a terminal's cursor. */
  static String brief(@Nullable String text) {
    String plain = String.valueOf(text).replaceAll("\\p{Cntrl}", "·");
    int length = plain.codePointCount(0, plain.length());
    return length <= CELL ? plain : plain.substring(0, plain.offsetByCodePoints(0, CELL - 1)) + "…";
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream()
        .mapToInt(row -> row.get(column).codePointCount(0, row.get(column).length()))
        .max()
        .orElse(0);
  }
}

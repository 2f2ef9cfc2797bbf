package dev.headwater.runners;

import dev.headwater.pipelines.Answer.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Answers as text. */
final class Blocks {
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?[0-9][0-9,.]*(?:[eE][-+]?[0-9]+)?%?|");

  private Blocks() {}

  static String text(List<Block> blocks) {
    StringBuilder out = new StringBuilder();
    for (Block block : blocks) {
      if (block instanceof Block.Line line) {
        out.append(line.text()).append('\n');
      } else if (block instanceof Block.Facts facts) {
        int width = facts.facts().keySet().stream().mapToInt(Blocks::width).max().orElse(0);
        facts
            .facts()
            .forEach(
                (name, value) ->
                    out.append("  ")
                        .append(pad(name, width))
                        .append("  ")
                        .append(value)
                        .append('\n'));
      } else if (block instanceof Block.Grid grid) {
        grid(out, grid);
      }
    }
    return out.toString();
  }

  /** The graph among them. */
  static Block.Graph graph(List<Block> blocks) {
    return blocks.stream()
        .filter(Block.Graph.class::isInstance)
        .map(Block.Graph.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("an answer without a graph"));
  }

  private static void grid(StringBuilder out, Block.Grid grid) {
    int columns = grid.columns().size();
    int[] widths = new int[columns];
    boolean[] right = new boolean[columns];
    for (int i = 0; i < columns; i++) {
      int at = i;
      widths[i] =
          Math.max(
              width(grid.columns().get(i)),
              grid.rows().stream().mapToInt(row -> width(row.get(at))).max().orElse(0));
      right[i] =
          !grid.rows().isEmpty()
              && grid.rows().stream().allMatch(row -> NUMBER.matcher(row.get(at)).matches());
    }
    List<List<String>> all = new ArrayList<>();
    all.add(grid.columns());
    all.addAll(grid.rows());
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder(" ");
      for (int i = 0; i < columns; i++) {
        String cell = row.get(i);
        String space = " ".repeat(widths[i] - width(cell));
        line.append(' ').append(right[i] ? space + cell : cell + space).append(' ');
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
  }

  static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - width(text)));
  }

  static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}

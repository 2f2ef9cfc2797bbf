package dev.headwater.lineage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Columns' ways for people: a paragraph for each version, columns of the same way together. */
final class ColumnText {
  private final Map<DataSetName, String> labels = new HashMap<>();
  private final StringBuilder out = new StringBuilder();
  private final int width;
  private final boolean back;

  private ColumnText(int width, boolean back) {
    this.width = width;
    this.back = back;
  }

  static String of(ColumnTrace trace, int width) {
    ColumnText text = new ColumnText(width, trace.direction() == Trace.Direction.BACK);
    for (ColumnTrace.Stop stop : trace.stops()) {
      text.labels.put(stop.version().name(), stop.version().label());
    }
    trace.stops().forEach(text::add);
    return text.out.toString();
  }

  private void add(ColumnTrace.Stop stop) {
    String run =
        stop.run() == null ? "" : "  by " + stop.run().job().stage() + " " + stop.run().runId();
    wrapped("", stop.version().shortName() + run, "");
    if (!stop.known()) {
      wrapped("  ", "all columns; a transform hides where they come from", "  ");
      return;
    }
    List<String> plain = new ArrayList<>();
    Map<String, List<String>> same = new LinkedHashMap<>();
    Map<List<ColumnSource>, List<String>> ways = new LinkedHashMap<>();
    stop.columns()
        .forEach(
            (column, sources) -> {
              if (sources.isEmpty()) {
                plain.add(column);
              } else if (sources.stream().allMatch(s -> isSame(s, column))) {
                same.computeIfAbsent(from(sources), k -> new ArrayList<>()).add(column);
              } else if (sources.size() == 1 && isPrefixed(sources.get(0), column)) {
                // Of a view that was joined: its name, two underscores, the view's column.
                same.computeIfAbsent(
                        from(sources) + ", as " + prefix(column) + "…", k -> new ArrayList<>())
                    .add(sources.get(0).column());
              } else {
                ways.computeIfAbsent(sources, k -> new ArrayList<>()).add(column);
              }
            });
    if (!plain.isEmpty()) {
      wrapped("  ", String.join(", ", plain), "  ");
      if (stop.run() != null && !stop.version().rowSources().isEmpty() && back) {
        wrapped("    ", "from no column: counts of rows, or the same in each", "    ");
      }
    }
    same.forEach(
        (from, columns) -> {
          wrapped("  ", String.join(", ", columns), "  ");
          wrapped("    ", "as in " + from, "      ");
        });
    ways.forEach(
        (sources, columns) -> {
          wrapped("  ", String.join(", ", columns), "  ");
          sources(sources);
        });
    if (!stop.rows().isEmpty()) {
      wrapped("  ", "which rows there are", "  ");
      sources(stop.rows());
    }
  }

  private static boolean isSame(ColumnSource source, String column) {
    return source.column().equals(column) && source.subtype().equals("IDENTITY");
  }

  private static boolean isPrefixed(ColumnSource source, String column) {
    return source.subtype().equals("IDENTITY") && column.endsWith("__" + source.column());
  }

  private static String prefix(String column) {
    return column.substring(0, column.indexOf("__") + 2);
  }

  private String from(List<ColumnSource> sources) {
    List<String> names = sources.stream().map(s -> label(s.dataSet())).distinct().toList();
    int few = Math.min(3, names.size());
    String more = names.size() > few ? " and " + (names.size() - few) + " more" : "";
    return String.join(", ", names.subList(0, few)) + more;
  }

  /** Those of one data set and one way of being used together. */
  private void sources(List<ColumnSource> sources) {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    Map<String, String> how = new LinkedHashMap<>();
    for (ColumnSource source : sources) {
      String said =
          source.description() == null
              ? source.subtype().equals("IDENTITY")
                  ? ""
                  : source.subtype().toLowerCase(Locale.ROOT).replace('_', ' ')
              : source.description();
      String key = label(source.dataSet()) + "\n" + said;
      lines.computeIfAbsent(key, k -> new ArrayList<>()).add(source.column());
      how.put(key, said);
    }
    lines.forEach(
        (key, columns) -> {
          String said = how.getOrDefault(key, "");
          wrapped(
              "    ",
              "<- "
                  + key.substring(0, key.indexOf('\n'))
                  + "  "
                  + String.join(", ", columns.stream().distinct().toList())
                  + (said.isEmpty() ? "" : "  (" + said + ")"),
              "       ");
        });
  }

  private String label(DataSetName name) {
    return labels.getOrDefault(name, name.name());
  }

  /** A text over as many lines as it needs, broken at spaces. */
  private void wrapped(String indent, String text, String following) {
    String line = indent + text;
    while (line.length() > width) {
      int space = line.lastIndexOf(' ', width);
      if (space <= following.length()) {
        break;
      }
      out.append(line, 0, space).append('\n');
      line = following + line.substring(space).strip();
    }
    out.append(line).append('\n');
  }
}

package dev.headwater.lineage;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A trace for people: one line, or a tree. */
final class TraceText {
  private static final int NAMES = 4;
  private static final int EARLIER = 5;
  private static final int MARKS = 20;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private TraceText() {}

  static String line(Trace trace) {
    Trace.Node root = trace.root();
    boolean back = trace.direction() == Trace.Direction.BACK;
    List<String> parts = new ArrayList<>();
    parts.add(named(root.version()));
    if (back && root.run() != null) {
      parts.add(runName(root.run(), Texts.beginning(root.run().runId().toString())));
    }
    List<String> direct = new ArrayList<>();
    root.next().forEach(n -> direct.add(named(n.version())));
    if (!direct.isEmpty()) {
      parts.add(list(direct));
    }
    Set<String> ends = new LinkedHashSet<>();
    ends(root, ends);
    direct.forEach(ends::remove);
    ends.remove(named(root.version()));
    if (!ends.isEmpty()) {
      parts.add(list(List.copyOf(ends)));
    }
    return String.join(back ? " <- " : " -> ", parts);
  }

  private static void ends(Trace.Node node, Set<String> out) {
    if (node.next().isEmpty() && !node.seen()) {
      out.add(named(node.version()));
    }
    node.next().forEach(next -> ends(next, out));
  }

  /** A name with the digest of a file: {@code data/a.parquet sha256 9c1f…}. */
  private static String named(DataSet set) {
    return set.kind() == DataSet.Kind.FILE && set.sha256() != null
        ? set.label() + " sha256 " + Texts.beginning(set.sha256())
        : set.shortName();
  }

  private static String list(List<String> names) {
    return names.size() <= NAMES
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, NAMES)) + " and " + (names.size() - NAMES) + " more";
  }

  static String tree(Trace trace, int columns) {
    List<String> lines = new ArrayList<>();
    Trace.Node root = trace.root();
    boolean back = trace.direction() == Trace.Direction.BACK;
    lines.add(describe(root, columns));
    if (back) {
      addBack(root, "", columns, lines);
      addSources(root, columns, lines);
    } else {
      addImpact(root, "", columns, lines);
    }
    return String.join("\n", lines) + "\n";
  }

  private static void addBack(Trace.Node node, String indent, int columns, List<String> lines) {
    List<Trace.Node> inputs = linked(node, false);
    List<Trace.Node> earlier = linked(node, true);
    String inner = indent;
    if (node.run() != null && !node.seen()) {
      boolean last = earlier.isEmpty();
      lines.add(cut(indent + (last ? "└─ " : "├─ ") + describe(node.run()), columns));
      inner = indent + (last ? "   " : "│  ");
    }
    addAll(inputs, inner, columns, lines);
    int shown = Math.min(earlier.size(), EARLIER);
    for (int i = 0; i < shown; i++) {
      boolean last = i == earlier.size() - 1;
      addNode(earlier.get(i), "extends ", indent, last, columns, lines);
    }
    if (shown < earlier.size()) {
      lines.add(indent + "└─ … and " + (earlier.size() - shown) + " earlier versions");
    }
  }

  private static List<Trace.Node> linked(Trace.Node node, boolean earlier) {
    return node.next().stream().filter(n -> (n.link() == Trace.Link.EARLIER) == earlier).toList();
  }

  private static void addAll(
      List<Trace.Node> nodes, String indent, int columns, List<String> lines) {
    for (int i = 0; i < nodes.size(); i++) {
      addNode(nodes.get(i), "", indent, i == nodes.size() - 1, columns, lines);
    }
  }

  private static void addNode(
      Trace.Node node, String word, String indent, boolean last, int columns, List<String> lines) {
    String inner = indent + (last ? "   " : "│  ");
    lines.add(cut(indent + (last ? "└─ " : "├─ ") + word + describe(node, columns), columns));
    if (!node.seen()) {
      addBack(node, inner, columns, lines);
    }
  }

  private static void addImpact(Trace.Node node, String indent, int columns, List<String> lines) {
    for (int i = 0; i < node.next().size(); i++) {
      Trace.Node next = node.next().get(i);
      boolean last = i == node.next().size() - 1;
      String made =
          next.run() == null ? "" : "  by " + runName(next.run(), next.run().runId().toString());
      String stem = indent + (last ? "└─ " : "├─ ");
      // The run is what it is looked at for: what doesn't fit is left out before it.
      int room = Math.max(next.version().shortName().length(), columns - (stem + made).length());
      lines.add(cut(stem + describe(next, room) + made, columns));
      addImpact(next, indent + (last ? "   " : "│  "), columns, lines);
    }
  }

  private static String describe(Trace.Node node, int columns) {
    DataSet set = node.version();
    if (node.seen()) {
      return named(set) + "  (see above)";
    }
    StringBuilder out = new StringBuilder(set.shortName());
    ModelFacts model = set.model();
    if (model != null) {
      List<String> loose =
          model.pins().stream().filter(p -> p.tag() == null).map(ModelFacts.Pin::label).toList();
      if (!loose.isEmpty()) {
        out.append("  not kept here: ").append(String.join(", ", loose));
      }
      out.append(list(", ", model.metrics()));
    }
    DataSet.Statistics statistics = set.statistics();
    if (statistics != null && statistics.rows() != null) {
      out.append(String.format(Locale.ROOT, "  %,d rows", statistics.rows()));
    }
    if (statistics != null && set.kind() == DataSet.Kind.FILE && statistics.bytes() != null) {
      out.append(String.format(Locale.ROOT, "  %,d bytes", statistics.bytes()));
    }
    if (node.run() == null && set.kind() != DataSet.Kind.FILE && !set.root()) {
      out.append("  (no run is known that wrote it)");
    }
    return cut(out.toString(), columns);
  }

  private static String list(String separator, Map<String, Double> metrics) {
    List<String> parts = new ArrayList<>();
    metrics.forEach(
        (name, value) -> parts.add(name + " " + String.format(Locale.ROOT, "%.4g", value)));
    return parts.isEmpty() ? "" : "  " + String.join(separator, parts);
  }

  /** Digests, whole, and offsets: in a tree there is no room for them. */
  private static void addSources(Trace.Node root, int columns, List<String> lines) {
    Map<String, String> marks = new LinkedHashMap<>();
    marks(root, marks);
    int shown = 0;
    for (Map.Entry<String, String> mark : marks.entrySet()) {
      if (shown++ == MARKS) {
        lines.add("… and " + (marks.size() - MARKS) + " more; -o json has all");
        return;
      }
      lines.add(cut(mark.getKey(), columns));
      lines.add(cut("  " + mark.getValue(), columns));
    }
  }

  private static void marks(Trace.Node node, Map<String, String> marks) {
    DataSet set = node.version();
    ModelFacts model = set.model();
    String digest = model == null ? set.sha256() : model.checksum();
    if (digest != null) {
      marks.put(set.shortName(), "sha256 " + digest);
    } else if (set.kind() == DataSet.Kind.TOPIC && set.version() != null) {
      marks.put(set.label(), "offsets " + set.version().replace(",", ", "));
    }
    node.next().forEach(next -> marks(next, marks));
  }

  private static String describe(RunFacts run) {
    StringBuilder out = new StringBuilder(runName(run, run.runId().toString()));
    if (run.ended() != null) {
      out.append("  ").append(TIME.format(run.ended()));
    }
    run.facts().forEach((key, value) -> out.append("  ").append(key).append(' ').append(value));
    return out.toString();
  }

  private static String runName(RunFacts run, String id) {
    @Nullable String stage = run.job().stage();
    return (stage == null ? run.job().project() : stage) + " " + id;
  }

  private static String cut(String line, int columns) {
    return line.length() <= columns ? line : line.substring(0, columns - 1).stripTrailing() + "…";
  }
}

package dev.headwater.lineage;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The way of one data set version: back to what it was made from ({@link #back}), or forward to
 * what was made from it ({@link #impact}).
 */
public final class Trace {
  /** Whether a trace looks for what something was made from, or for what was made from it. */
  public enum Direction {
    BACK,
    IMPACT
  }

  /** How a version hangs on the one before it in a trace. */
  public enum Link {
    /** It is where the trace begins. */
    START,
    /** The run that wrote the one before read it. */
    INPUT,
    /** The one before extends it: a run appended to it. */
    EARLIER,
    /** A run wrote it that read the one before. */
    OUTPUT
  }

  /**
   * A version in a trace.
   *
   * @param run the run that wrote it; null where none is known
   * @param next what it was made from, or what was made from it
   * @param seen whether it stands in the trace already, so that its way is not told again
   */
  public record Node(
      Link link, DataSet version, @Nullable RunFacts run, List<Node> next, boolean seen) {
    public Node {
      next = List.copyOf(next);
    }
  }

  private final Direction direction;
  private final Node root;

  private Trace(Direction direction, Node root) {
    this.direction = direction;
    this.root = root;
  }

  /** From a version back to the files and topics that it comes from. */
  public static Trace back(Facts facts, DataSet version) {
    return new Trace(Direction.BACK, new TraceWalk(facts).back(Link.START, version));
  }

  /** From a version forward to all that was made from it. */
  public static Trace impact(Facts facts, DataSet version) {
    TraceWalk walk = new TraceWalk(facts);
    RunFacts writer = facts.writer(version).orElse(null);
    return new Trace(Direction.IMPACT, walk.impact(Link.START, version, writer));
  }

  /**
   * The version that a name means: {@code late} (the newest), {@code late@1}, {@code
   * flights@5822…41} (as it is shown), a file by its label or the beginning of its SHA-256.
   *
   * @throws LineageException when nothing, or more than one thing, has that name
   */
  public static DataSet find(Facts facts, String name) {
    Optional<Facts.Version> newest = facts.newest(name, null);
    int at = name.lastIndexOf('@');
    if (newest.isPresent() || at < 0) {
      return newest.map(facts::dataSet).orElseThrow(() -> unknown(name));
    }
    String label = name.substring(0, at);
    String ref = name.substring(at + 1);
    Optional<Facts.Version> exact = facts.version(label, ref);
    if (exact.isPresent()) {
      return facts.dataSet(exact.get());
    }
    List<Facts.Version> known = facts.versions(label, Texts.beforeDots(ref));
    List<Predicate<String>> ways =
        List.of(v -> ref.equals(Texts.shortened(v)), v -> !v.isEmpty() && v.startsWith(ref));
    for (Predicate<String> way : ways) {
      List<Facts.Version> found = known.stream().filter(v -> way.test(v.version())).toList();
      if (found.size() == 1) {
        return facts.dataSet(found.get(0));
      }
      if (found.size() > 1) {
        throw new LineageException(
            name + " means " + found.size() + " versions.", "write more of the version.");
      }
    }
    List<Facts.Version> all = facts.versions(label, "");
    throw all.isEmpty()
        ? unknown(label)
        : new LineageException(
            "No run is known that read or wrote " + label + " at " + ref + ".",
            "take one of: " + newest(all) + ".");
  }

  private static LineageException unknown(String label) {
    return new LineageException(
        "No run is known that read or wrote " + label + ".",
        "look for its name with: headwater runs.");
  }

  private static String newest(List<Facts.Version> versions) {
    List<String> names = new ArrayList<>();
    for (int i = versions.size() - 1; i >= 0 && names.size() < 5; i--) {
      Facts.Version version = versions.get(i);
      if (!version.version().isEmpty()) {
        names.add(version.label() + "@" + version.version());
      }
    }
    return String.join(", ", names);
  }

  public Direction direction() {
    return direction;
  }

  public Node root() {
    return root;
  }

  /** One line: {@code late@1 <- train 0193… <- a@7710…08, b@5822…41 <- data/a.parquet sha256 …}. */
  public String line() {
    return TraceText.line(this);
  }

  /** A tree for a terminal of that many columns; 80 is the least. */
  public String text(int columns) {
    return TraceText.tree(this, Math.max(80, columns));
  }

  /**
   * The way of the columns along this one, where it is known.
   *
   * @param column the one column that is asked for; null: all of the version that is traced
   * @throws LineageException when the version has no such column
   */
  public ColumnTrace columns(@Nullable String column) {
    return ColumnTrace.of(this, column);
  }

  /** One JSON object: nodes and edges, each once; columns and their edges where they are known. */
  public String json() {
    return TraceGraph.json(this);
  }

  /** A graph in the DOT language. */
  public String dot() {
    return TraceGraph.dot(this);
  }

  /** A page that needs nothing else: the graph, to be moved, searched and looked into. */
  public String html() {
    return TracePage.of(this);
  }

  /** One for each version of each data set. */
  static String key(DataSet set) {
    return set.name() + "@" + Objects.requireNonNullElse(set.version(), "");
  }
}

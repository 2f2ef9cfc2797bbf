package dev.headwater.lineage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The way of columns along a trace: back to those that a version's columns are made from, or
 * forward to those in which a column has a part.
 *
 * @param stops the versions on the way, each once, the traced one first
 */
public record ColumnTrace(Trace.Direction direction, List<Stop> stops) {
  /**
   * A version with its columns on the way.
   *
   * @param run the run that wrote it; null where none is known
   * @param columns by column, what it comes from; forward only as far as it is on the way
   * @param rows the columns that decide which rows there are
   * @param known whether it is known where its columns come from; a transform of the user's own
   *     hides it, and then all of them count
   */
  public record Stop(
      DataSet version,
      @Nullable RunFacts run,
      SortedMap<String, List<ColumnSource>> columns,
      List<ColumnSource> rows,
      boolean known) {
    public Stop {
      columns = Collections.unmodifiableSortedMap(new TreeMap<>(columns));
      rows = List.copyOf(rows);
    }
  }

  public ColumnTrace {
    stops = List.copyOf(stops);
  }

  static ColumnTrace of(Trace trace, @Nullable String column) {
    DataSet start = trace.root().version();
    Set<String> first = new TreeSet<>();
    start.schema().forEach(field -> first.add(field.name()));
    if (column != null) {
      if (!first.contains(column)) {
        throw new LineageException(
            start.shortName() + " has no column " + column + ".",
            "take one of: " + String.join(", ", first) + ".");
      }
      first.retainAll(Set.of(column));
    }
    Map<String, Trace.Node> nodes = new LinkedHashMap<>();
    gather(trace.root(), nodes);
    Map<String, Set<String>> asked = new LinkedHashMap<>();
    boolean back = trace.direction() == Trace.Direction.BACK;
    spread(Trace.key(start), first, nodes, asked, back);
    // Forward, a source counts where it is a column on the way itself.
    Set<String> way = new HashSet<>();
    nodes.forEach(
        (key, node) ->
            asked
                .getOrDefault(key, Set.of())
                .forEach(name -> way.add(node.version().name() + "\n" + name)));
    Predicate<ColumnSource> counts =
        source -> back || way.contains(source.dataSet() + "\n" + source.column());
    List<Stop> stops = new ArrayList<>();
    nodes.forEach(
        (key, node) -> {
          Set<String> columns = asked.get(key);
          if (columns != null) {
            stops.add(stop(node, columns, counts));
          }
        });
    return new ColumnTrace(trace.direction(), stops);
  }

  private static void gather(Trace.Node node, Map<String, Trace.Node> nodes) {
    if (!node.seen()) {
      nodes.put(Trace.key(node.version()), node);
    }
    node.next().forEach(next -> gather(next, nodes));
  }

  /** Columns are only ever added, so it ends, also in a circle. */
  private static void spread(
      String from,
      Set<String> columns,
      Map<String, Trace.Node> nodes,
      Map<String, Set<String>> asked,
      boolean back) {
    asked.put(from, new TreeSet<>(columns));
    Deque<String> todo = new ArrayDeque<>(List.of(from));
    while (!todo.isEmpty()) {
      String key = todo.remove();
      Trace.Node node = nodes.get(key);
      Set<String> here = asked.get(key);
      if (node == null || here == null) {
        continue;
      }
      for (Trace.Node next : node.next()) {
        Set<String> there =
            back ? sources(node.version(), here, next) : reached(node.version(), here, next);
        String other = Trace.key(next.version());
        boolean fresh = !asked.containsKey(other);
        if (asked.computeIfAbsent(other, k -> new TreeSet<>()).addAll(there)) {
          todo.add(other);
        } else if (fresh) {
          asked.remove(other);
        }
      }
    }
  }

  /** The columns of an input that columns of a version are made from. */
  private static Set<String> sources(DataSet of, Set<String> columns, Trace.Node input) {
    if (input.link() == Trace.Link.EARLIER) {
      return columns;
    }
    Set<String> found = new TreeSet<>();
    for (String column : columns) {
      of.columnLineage().getOrDefault(column, List.of()).stream()
          .filter(source -> source.dataSet().equals(input.version().name()))
          .forEach(source -> found.add(source.column()));
    }
    of.rowSources().stream()
        .filter(source -> source.dataSet().equals(input.version().name()))
        .forEach(source -> found.add(source.column()));
    return found;
  }

  /** The columns of an output in which columns of a version have a part. */
  private static Set<String> reached(DataSet of, Set<String> columns, Trace.Node output) {
    DataSet to = output.version();
    Set<String> all = new TreeSet<>();
    to.schema().forEach(field -> all.add(field.name()));
    if (!isKnown(to) || to.rowSources().stream().anyMatch(s -> isOf(s, of, columns))) {
      return all;
    }
    Set<String> found = new TreeSet<>();
    to.columnLineage()
        .forEach(
            (column, sources) -> {
              if (sources.stream().anyMatch(s -> isOf(s, of, columns))) {
                found.add(column);
              }
            });
    return found;
  }

  private static boolean isOf(ColumnSource source, DataSet set, Set<String> columns) {
    return source.dataSet().equals(set.name()) && columns.contains(source.column());
  }

  private static boolean isKnown(DataSet set) {
    return set.root() || !set.columnLineage().isEmpty() || !set.rowSources().isEmpty();
  }

  private static Stop stop(Trace.Node node, Set<String> columns, Predicate<ColumnSource> counts) {
    DataSet version = node.version();
    SortedMap<String, List<ColumnSource>> sources = new TreeMap<>();
    for (String column : columns) {
      List<ColumnSource> all = version.columnLineage().getOrDefault(column, List.of());
      sources.put(column, all.stream().filter(counts).toList());
    }
    List<ColumnSource> rows = version.rowSources().stream().filter(counts).toList();
    return new Stop(version, node.run(), sources, rows, isKnown(version));
  }

  /** For a terminal of that many columns; 80 is the least. */
  public String text(int width) {
    return ColumnText.of(this, Math.max(80, width));
  }
}

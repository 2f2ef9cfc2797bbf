package dev.headwater.lineage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A trace for programs: versions and runs, each once, and the edges in the data's direction. */
final class TraceGraph {
  private record Edge(String from, String to, String kind) {}

  private final Map<String, DataSet> versions = new LinkedHashMap<>();
  private final Map<String, RunFacts> runs = new LinkedHashMap<>();
  private final Set<Edge> edges = new LinkedHashSet<>();

  /** By run, the inputs by their names: what columns' sources mean. */
  private final Map<String, Map<DataSetName, String>> read = new HashMap<>();

  private TraceGraph(Trace trace) {
    add(trace.root(), trace.direction() == Trace.Direction.BACK);
  }

  private void add(Trace.Node node, boolean back) {
    String version = Trace.key(node.version());
    if (!node.seen() || !versions.containsKey(version)) {
      versions.put(version, node.version());
    }
    RunFacts run = node.run();
    if (run != null) {
      String id = run.runId().toString();
      if (runs.put(id, run) == null) {
        Map<DataSetName, String> inputs = new HashMap<>();
        run.inputs().forEach(input -> inputs.put(input.name(), Trace.key(input)));
        read.put(id, inputs);
      }
      edges.add(new Edge(id, version, "wrote"));
    }
    for (Trace.Node next : node.next()) {
      String other = Trace.key(next.version());
      if (next.link() == Trace.Link.EARLIER) {
        edges.add(new Edge(other, version, "extended"));
      } else if (back && run != null) {
        edges.add(new Edge(other, run.runId().toString(), "read"));
      } else if (!back && next.run() != null) {
        edges.add(new Edge(version, next.run().runId().toString(), "read"));
      }
      add(next, back);
    }
  }

  static String json(Trace trace) {
    TraceGraph graph = new TraceGraph(trace);
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("of", trace.root().version().label());
    out.put("version", trace.root().version().version());
    out.put("direction", trace.direction() == Trace.Direction.BACK ? "back" : "impact");
    graph.versions.forEach((id, set) -> version(id, set, out.withArray("versions").addObject()));
    out.withArray("runs");
    graph.runs.forEach((id, run) -> run(id, run, out.withArray("runs").addObject()));
    out.withArray("edges");
    for (Edge edge : graph.edges) {
      ObjectNode node = out.withArray("edges").addObject();
      node.put("from", edge.from()).put("to", edge.to()).put("kind", edge.kind());
    }
    graph.columns(out.putArray("column_edges"));
    return out.toPrettyString() + "\n";
  }

  private static void version(String id, DataSet set, ObjectNode node) {
    node.put("id", id).put("kind", set.kind().name()).put("label", set.label());
    node.put("name", set.name().name()).put("namespace", set.name().namespace());
    node.put("version", set.version()).put("short", set.shortName());
    ModelFacts model = set.model();
    String digest = model == null ? set.sha256() : model.checksum();
    if (digest != null) {
      node.put("sha256", digest);
    }
    if (set.statistics() != null && set.statistics().rows() != null) {
      node.put("rows", set.statistics().rows());
    }
    if (!set.schema().isEmpty()) {
      ArrayNode columns = node.putArray("columns");
      set.schema().forEach(f -> columns.addObject().put("name", f.name()).put("type", f.type()));
    }
    if (model != null) {
      ObjectNode metrics = node.putObject("metrics");
      model.metrics().forEach(metrics::put);
    }
  }

  private static void run(String id, RunFacts run, ObjectNode node) {
    node.put("id", id).put("job", run.job().toString());
    node.put("stage", run.job().stage()).put("target", run.job().target());
    node.put("status", run.status().name()).put("started", Events.time(run.started()));
    if (run.ended() != null) {
      node.put("ended", Events.time(run.ended()));
    }
    ObjectNode facts = node.putObject("facts");
    run.facts().forEach(facts::put);
  }

  /** From column to column; one that decides which rows there are leads to no column: to all. */
  private void columns(ArrayNode out) {
    for (Edge edge : edges) {
      DataSet set = versions.get(edge.to());
      Map<DataSetName, String> inputs = read.get(edge.from());
      if (edge.kind().equals("wrote") && set != null && inputs != null) {
        set.columnLineage().forEach((name, all) -> columns(all, inputs, edge.to(), name, out));
        columns(set.rowSources(), inputs, edge.to(), null, out);
      }
    }
  }

  private void columns(
      List<ColumnSource> sources,
      Map<DataSetName, String> inputs,
      String to,
      @Nullable String column,
      ArrayNode out) {
    for (ColumnSource source : sources) {
      String from = inputs.get(source.dataSet());
      if (from != null && versions.containsKey(from)) {
        ObjectNode node = out.addObject().put("from", from).put("from_column", source.column());
        node.put("to", to).put("to_column", column).put("how", source.subtype());
        if (source.description() != null) {
          node.put("expression", source.description());
        }
      }
    }
  }

  static String dot(Trace trace) {
    TraceGraph graph = new TraceGraph(trace);
    StringBuilder out = new StringBuilder("digraph trace {\n  rankdir=LR;\n");
    graph.versions.forEach(
        (id, set) ->
            out.append("  ")
                .append(quoted(id))
                .append(" [shape=box, label=")
                .append(quoted(set.shortName()))
                .append("];\n"));
    graph.runs.forEach(
        (id, run) ->
            out.append("  ")
                .append(quoted(id))
                .append(" [shape=ellipse, label=")
                .append(quoted(run.job() + " " + Texts.beginning(id)))
                .append("];\n"));
    for (Edge edge : graph.edges) {
      out.append("  ").append(quoted(edge.from())).append(" -> ").append(quoted(edge.to()));
      out.append(edge.kind().equals("extended") ? " [style=dashed];\n" : ";\n");
    }
    return out.append("}\n").toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}

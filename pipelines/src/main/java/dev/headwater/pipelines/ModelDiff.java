package dev.headwater.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.pipelines.project.Declarations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.SnapshotSummary;
import org.jspecify.annotations.Nullable;

/**
 * How two versions of a model differ, and all that they were made from: what the runs recorded, so
 * it is true however the project has changed since.
 */
final class ModelDiff {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NONE = "-";

  /** The parts of an answer, in their order. */
  private enum Part {
    DATA,
    FEATURES,
    CODE,
    PARAMETERS
  }

  /** One thing that differs; "-" stands where it is not there. */
  private record Change(String what, String from, String to) {}

  private final Stages stages;
  private final Runs runs;
  private final TableLook tables;
  private final Map<Part, List<Change>> changes = new TreeMap<>();

  ModelDiff(Stages stages) {
    this.stages = stages;
    this.runs = stages.workspace().registry().runs();
    this.tables = new TableLook(stages.workspace());
    for (Part part : Part.values()) {
      changes.put(part, new ArrayList<>());
    }
  }

  Answer of(Question.ModelDiff asked) {
    ModelAnswers models = new ModelAnswers(stages);
    ModelVersion from = models.version(asked.model(), asked.from());
    ModelVersion to = models.version(asked.model(), asked.to());
    Map<String, Run> before = new LinkedHashMap<>();
    Map<String, Run> after = new LinkedHashMap<>();
    runs.find(from.run()).ifPresent(run -> upstream(run, before));
    runs.find(to.run()).ifPresent(run -> upstream(run, after));
    data(before, after);
    TreeSet<String> targets = new TreeSet<>(before.keySet());
    targets.addAll(after.keySet());
    for (String target : targets) {
      declared(target, before.get(target), after.get(target));
    }
    same("rows trained on", detail(from, "data"), detail(to, "data"), Part.DATA);
    return answer(from, to);
  }

  /** All runs that a run's inputs come from, by target; it is the first. */
  private void upstream(Run run, Map<String, Run> found) {
    Run there = found.putIfAbsent(run.target(), run);
    if (there != null) {
      return;
    }
    for (Edge input : run.inputs()) {
      if (!input.kind().equals("file") && !input.kind().equals(TopicEdge.KIND)) {
        runs.writersOf(input).stream()
            .filter(writer -> writer.status() == Run.Status.SUCCEEDED)
            .findFirst()
            .ifPresent(writer -> upstream(writer, found));
      }
    }
  }

  private void data(Map<String, Run> before, Map<String, Run> after) {
    Map<String, String> was = inputs(before);
    Map<String, String> is = inputs(after);
    TreeSet<String> names = new TreeSet<>(was.keySet());
    names.addAll(is.keySet());
    for (String name : names) {
      same(name, was.getOrDefault(name, NONE), is.getOrDefault(name, NONE), Part.DATA);
    }
  }

  private Map<String, String> inputs(Map<String, Run> all) {
    Map<String, String> inputs = new TreeMap<>();
    for (Run run : all.values()) {
      for (Edge edge : run.inputs()) {
        // The project's own tables by their names.
        String own = stages.project().name() + ".";
        boolean mine = edge.kind().equals("table") && edge.name().startsWith(own);
        inputs.put(mine ? edge.name().substring(own.length()) : edge.name(), version(edge));
      }
    }
    return inputs;
  }

  private String version(Edge edge) {
    if (!edge.kind().equals("table")) {
      return edge.kind().equals("file") && edge.version().length() == 64
          ? edge.version().substring(0, 12) + "…"
          : edge.version();
    }
    String rows =
        tables
            .find(edge)
            .map(table -> TableLook.snapshot(table, edge))
            .map(snapshot -> snapshot.summary().get(SnapshotSummary.TOTAL_RECORDS_PROP))
            .map(n -> ", " + Stages.grouped(Long.parseLong(n)) + " rows")
            .orElse("");
    return edge.version().isEmpty()
        ? "empty"
        : StageResult.brief(Long.parseLong(edge.version())) + rows;
  }

  private void declared(String target, @Nullable Run before, @Nullable Run after) {
    if (before == null || after == null) {
      same(target, before == null ? NONE : "there", after == null ? NONE : "there", Part.FEATURES);
      return;
    }
    same("stage of " + target, before.stageVersion(), after.stageVersion(), Part.CODE);
    boolean model = target.startsWith("model/");
    Map<String, String> was = flat(ColumnFlow.declared(before));
    Map<String, String> is = flat(ColumnFlow.declared(after));
    TreeSet<String> keys = new TreeSet<>(was.keySet());
    keys.addAll(is.keySet());
    for (String key : keys) {
      Part part =
          key.startsWith(Declarations.CODE + ".") || key.startsWith("java")
              ? Part.CODE
              : model && !key.startsWith("inputs.") ? Part.PARAMETERS : Part.FEATURES;
      String what = model ? key : target.substring(target.indexOf('/') + 1) + ": " + key;
      same(what, was.getOrDefault(key, NONE), is.getOrDefault(key, NONE), part);
    }
  }

  private static Map<String, String> flat(JsonNode declared) {
    Map<String, String> all = new TreeMap<>();
    flatten("", declared, all);
    // Who asks a view for points is no part of what it says.
    all.remove("asked");
    return all;
  }

  private static void flatten(String path, JsonNode node, Map<String, String> all) {
    if (node.isObject() && !node.isEmpty()) {
      node.fields()
          .forEachRemaining(
              e ->
                  flatten(
                      path.isEmpty() ? e.getKey() : path + "." + e.getKey(), e.getValue(), all));
    } else {
      all.put(path, node.isValueNode() ? node.asText() : node.toString().replace(",", ", "));
    }
  }

  private void same(String what, String from, String to, Part part) {
    if (!from.equals(to)) {
      Objects.requireNonNull(changes.get(part)).add(new Change(what, from, to));
    }
  }

  private static String detail(ModelVersion version, String key) {
    try {
      String digest = JSON.readTree(version.detail()).path(key).asText(NONE);
      return digest.length() > 12 ? digest.substring(0, 12) + "…" : digest;
    } catch (JsonProcessingException e) {
      return NONE;
    }
  }

  private Answer answer(ModelVersion from, ModelVersion to) {
    String a = from.model() + "@" + from.version();
    String b = to.model() + "@" + to.version();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("from", a);
    data.put("to", b);
    List<Answer.Block> blocks = new ArrayList<>();
    blocks.add(
        new Answer.Block.Line("%s of %s, %s of %s".formatted(a, minute(from), b, minute(to))));
    changes.forEach(
        (part, all) -> {
          String name = part.name().toLowerCase(Locale.ROOT);
          data.put(
              name,
              all.stream()
                  .map(c -> Map.of("what", c.what(), "from", c.from(), "to", c.to()))
                  .toList());
          blocks.add(new Answer.Block.Line(""));
          if (all.isEmpty()) {
            blocks.add(new Answer.Block.Line(name + ": the same"));
          } else {
            blocks.add(
                new Answer.Block.Grid(
                    List.of(name, a, b),
                    all.stream().map(c -> List.of(c.what(), c.from(), c.to())).toList()));
          }
        });
    metrics(from, to, data, blocks);
    boolean weights = detail(from, "weights").equals(detail(to, "weights"));
    data.put("same_weights", weights);
    blocks.add(new Answer.Block.Line(""));
    blocks.add(
        new Answer.Block.Line(weights ? "Their weights are the same." : "Their weights differ."));
    return Answer.of(data, blocks);
  }

  private static String minute(ModelVersion version) {
    return version.created().toString().substring(0, 16).replace('T', ' ');
  }

  private static void metrics(
      ModelVersion from, ModelVersion to, Map<String, Object> data, List<Answer.Block> blocks) {
    TreeSet<String> names = new TreeSet<>(from.metrics().keySet());
    names.addAll(to.metrics().keySet());
    Map<String, Object> figures = new LinkedHashMap<>();
    List<List<String>> rows = new ArrayList<>();
    for (String name : names) {
      Double was = from.metrics().get(name);
      Double is = to.metrics().get(name);
      Map<String, @Nullable Object> pair = new LinkedHashMap<>();
      pair.put("from", was);
      pair.put("to", is);
      figures.put(name, pair);
      String moved = was == null || is == null ? "" : ModelAnswers.figure(is - was);
      rows.add(
          List.of(
              name,
              ModelAnswers.figure(was),
              ModelAnswers.figure(is),
              moved.isEmpty() || moved.startsWith("-") ? moved : "+" + moved));
    }
    data.put("metrics", figures);
    blocks.add(new Answer.Block.Line(""));
    blocks.add(
        new Answer.Block.Grid(
            List.of(
                "metrics",
                from.model() + "@" + from.version(),
                to.model() + "@" + to.version(),
                ""),
            rows));
  }
}

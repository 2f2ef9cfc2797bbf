package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Adoption;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.pipelines.project.About;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The runs of a project: which there were, why, what they cost and what came of them. */
final class RunAnswers {
  /** How many of the newest are looked through for a word, or for several targets. */
  private static final int MOST = 2_000;

  private static final int WIDTH = 60;

  private final Workspace workspace;

  RunAnswers(Workspace workspace) {
    this.workspace = workspace;
  }

  Answer list(RunFilter filter) {
    List<List<String>> rows = new ArrayList<>();
    List<Object> data = new ArrayList<>();
    boolean labelled = !workspace.project().abouts().isEmpty();
    List<Run> runs =
        runs()
            .list(
                workspace.project().name(),
                filter.target(),
                filter.status(),
                filter.since(),
                filter.isPlain() ? filter.limit() : Math.max(MOST, filter.limit()));
    runs.stream()
        .filter(filter::matches)
        .limit(filter.limit())
        .forEach(
            run -> {
              List<String> row =
                  new ArrayList<>(
                      List.of(
                          run.id().toString(),
                          run.stage(),
                          run.target(),
                          word(run),
                          run.started().toString().replaceFirst("\\.\\d+", ""),
                          figure(run, "seconds", "%.1f s"),
                          figure(run, "cpu_seconds", "%.1f s"),
                          figure(run, "rows_in", "%,.0f"),
                          brief(run.parameters().getOrDefault(Staleness.WHY, "")),
                          brief(end(run))));
              if (labelled) {
                row.add(about(run).text());
              }
              rows.add(row);
              Map<String, Object> facts = facts(run);
              facts.putAll(about(run).form());
              data.add(facts);
            });
    List<String> columns =
        new ArrayList<>(
            List.of(
                "run", "stage", "target", "status", "started", "took", "cpu", "rows", "why",
                "what"));
    if (labelled) {
      columns.add("whose");
    }
    List<Answer.Block> blocks = new ArrayList<>(workspace.header());
    blocks.add(new Answer.Block.Grid(columns, rows));
    return Answer.of(
        Map.of("environment", workspace.project().environment().name(), "runs", data), blocks);
  }

  /**
   * One run.
   *
   * @param id or the beginning of it, where that is one run's alone
   */
  Answer show(String id) {
    List<Run> meant = runs().beginning(workspace.project().name(), id.toLowerCase(Locale.ROOT));
    if (meant.size() != 1) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          meant.isEmpty() ? "There is no run " + id + "." : "Several runs begin with " + id + ".",
          "take the id of one from headwater runs.");
    }
    Run run = meant.get(0);
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("run", run.id().toString());
    lines.put("target", run.target() + ", stage " + run.stage() + " " + run.stageVersion());
    lines.put("status", word(run));
    put(lines, "environment", run.parameters().get(Workspace.ENVIRONMENT));
    put(lines, "defer", run.parameters().get(Deferral.PARAMETER));
    About about = about(run);
    about.form().keySet().forEach(key -> lines.put(key, about.said(key)));
    put(lines, "why", run.parameters().get(Staleness.WHY));
    lines.put("started", run.started().toString());
    put(lines, "ended", run.ended() == null ? null : run.ended().toString());
    put(lines, "part of", run.parent() == null ? null : run.parent().toString());
    put(lines, "error", run.error());
    List<Adoption> adoptions = workspace.registry().adoptions().of(run.id());
    adoptions.forEach(a -> lines.put("accepted " + a.since(), "by " + a.by() + ": " + a.reason()));
    List<Answer.Block> blocks = new ArrayList<>();
    blocks.add(new Answer.Block.Facts(lines));
    blocks.add(edges(run));
    List<List<String>> figures = new ArrayList<>();
    new TreeMap<>(run.metrics())
        .forEach((name, value) -> figures.add(List.of(name, RunRecords.number(value))));
    if (!figures.isEmpty()) {
      blocks.add(new Answer.Block.Grid(List.of("figure", "value"), figures));
    }
    List<Run> parts = runs().children(run.id());
    for (Run part : parts) {
      blocks.add(
          new Answer.Block.Line(
              "  " + part.id() + "  " + part.target() + "  " + word(part) + "  " + end(part)));
    }
    Map<String, Object> data = new LinkedHashMap<>(facts(run));
    data.putAll(about.form());
    data.put("parameters", new TreeMap<>(run.parameters()));
    data.put(
        "accepted",
        adoptions.stream()
            .map(a -> Map.of("since", a.since().toString(), "by", a.by(), "reason", a.reason()))
            .toList());
    data.put("parts", parts.stream().map(part -> part.id().toString()).toList());
    return Answer.of(data, blocks);
  }

  /** What is said of its target now; nothing of one that isn't declared any more. */
  private About about(Run run) {
    return workspace.project().abouts().entrySet().stream()
        .filter(entry -> entry.getKey().toString().equals(run.target()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(About.NONE);
  }

  private static Answer.Block edges(Run run) {
    List<List<String>> rows = new ArrayList<>();
    run.inputs().forEach(edge -> rows.add(List.of("read", edge.toString())));
    run.outputs().forEach(edge -> rows.add(List.of("wrote", edge.toString())));
    return new Answer.Block.Grid(List.of("", "version"), rows);
  }

  private static Map<String, Object> facts(Run run) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("id", run.id().toString());
    facts.put("parent", run.parent() == null ? null : run.parent().toString());
    facts.put("stage", run.stage());
    facts.put("target", run.target());
    facts.put("status", word(run));
    facts.put("environment", run.parameters().get(Workspace.ENVIRONMENT));
    facts.put("defer", run.parameters().get(Deferral.PARAMETER));
    facts.put("why", run.parameters().get(Staleness.WHY));
    facts.put("started", run.started().toString());
    facts.put("ended", run.ended() == null ? null : run.ended().toString());
    facts.put("inputs", run.inputs().stream().map(Object::toString).toList());
    facts.put("outputs", run.outputs().stream().map(Object::toString).toList());
    facts.put("metrics", run.metrics());
    facts.put("error", run.error());
    return facts;
  }

  private static String word(Run run) {
    return run.status().name().toLowerCase(Locale.ROOT);
  }

  private static String end(Run run) {
    return Stream.of(run.error(), run.outputs().isEmpty() ? "" : run.outputs().get(0).toString())
        .filter(Objects::nonNull)
        .findFirst()
        .orElse("");
  }

  private static String figure(Run run, String name, String form) {
    Double value = run.metrics().get(name);
    return value == null ? "" : String.format(Locale.ROOT, form, value);
  }

  private static String brief(String text) {
    return text.length() <= WIDTH ? text : text.substring(0, WIDTH - 1) + "…";
  }

  private static void put(Map<String, String> lines, String name, @Nullable String value) {
    if (value != null) {
      lines.put(name, value);
    }
  }

  private Runs runs() {
    return workspace.registry().runs();
  }
}

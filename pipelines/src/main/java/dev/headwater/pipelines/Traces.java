package dev.headwater.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Alias;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.Facts;
import dev.headwater.lineage.LineageException;
import dev.headwater.lineage.Trace;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Questions about where versions came from, and what was made from them. */
final class Traces {
  private static final int WIDTH = 80;
  private static final int RUNS = 1000;
  private static final int NAMED = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Stages stages;
  private final Facts facts;
  private final Question.Scope scope;
  private final @Nullable String column;

  Traces(Stages stages, RunRecords records, Question.Scope scope, @Nullable String column) {
    boolean columns = scope.columns() || column != null;
    Facts all = new RegistryFacts(stages.workspace(), records, columns);
    Instant asOf = scope.asOf();
    this.stages = stages;
    this.facts = asOf == null ? all : all.asOf(asOf);
    this.scope = scope;
    this.column = column;
  }

  Answer back(Target target, @Nullable String ref) {
    return answer(target, name(target, ref), name -> Trace.back(facts, Trace.find(facts, name)));
  }

  Answer impact(Target target, @Nullable String ref) {
    return answer(target, name(target, ref), name -> Trace.impact(facts, Trace.find(facts, name)));
  }

  /** What came of a file that a run has read. */
  Answer impact(String file) {
    for (String name : List.of(file, fromProject(file))) {
      String label = name.substring(0, Math.max(name.lastIndexOf('@'), 0));
      if (facts.newest(name, null).isPresent() || facts.newest(label, null).isPresent()) {
        return answer(null, name, n -> Trace.impact(facts, Trace.find(facts, n)));
      }
    }
    List<String> known = files();
    throw ProjectLauncher.nothing(
        "No run has read a file " + file + ".",
        known.isEmpty()
            ? "run what reads it first: headwater run."
            : "name one that was read: " + String.join(", ", known) + ".");
  }

  /** The file as runs name it: from the project's folder where it lies below it. */
  private String fromProject(String file) {
    Path folder = stages.project().origin().folder().toAbsolutePath().normalize();
    Path path = Path.of(file).toAbsolutePath().normalize();
    return path.startsWith(folder) ? folder.relativize(path).toString() : path.toString();
  }

  private List<String> files() {
    Set<String> names = new LinkedHashSet<>();
    for (Run run : stages.workspace().registry().runs().list(stages.project().name(), RUNS)) {
      run.inputs().stream()
          .filter(e -> e.kind().equals("file"))
          .map(Edge::name)
          .forEach(names::add);
    }
    return names.stream().limit(NAMED).toList();
  }

  /** What the facts call a target's version. */
  private String name(Target target, @Nullable String ref) {
    if (ref == null) {
      return target.name();
    }
    if (target.kind() == Target.Kind.MODEL) {
      return target.name() + "@" + version(target, ref);
    }
    boolean named = ref.matches("(tag|branch|time):.*");
    String version =
        named
            ? Long.toString(new TableAnswers(stages).snapshot(target, ref).snapshotId())
            : ref.replaceFirst("^snapshot:", "");
    return target.name() + "@" + version;
  }

  /** An alias means what it meant at the moment that is asked for. */
  private int version(Target model, String ref) {
    Instant asOf = scope.asOf();
    if (asOf == null || ref.matches("\\d{1,9}")) {
      return new ModelAnswers(stages).version(model, ref).version();
    }
    return stages
        .workspace()
        .registry()
        .models()
        .history(stages.project().name(), model.name(), ref)
        .stream()
        .filter(move -> !move.since().isAfter(asOf))
        .findFirst()
        .map(Alias::version)
        .orElseThrow(
            () ->
                ProjectLauncher.nothing(
                    model.name() + "@" + ref + " meant nothing at " + asOf + ".",
                    "ask for a later time, or for a version by its number."));
  }

  private Answer answer(@Nullable Target target, String name, Function<String, Trace> question) {
    Trace trace;
    List<Answer.Block> blocks = new ArrayList<>();
    try {
      trace = question.apply(name);
      blocks.addAll(stages.workspace().header());
      blocks.add(new Answer.Block.Line(trace.line()));
      blocks.add(new Answer.Block.Line(""));
      blocks.add(new Answer.Block.Line(trace.text(WIDTH).stripTrailing()));
      if (trace.direction() == Trace.Direction.IMPACT && trace.root().next().isEmpty()) {
        blocks.add(new Answer.Block.Line("No run has made anything from it yet."));
      }
      if (scope.columns() || column != null) {
        blocks.add(new Answer.Block.Line(""));
        blocks.add(new Answer.Block.Line(trace.columns(column).text(WIDTH).stripTrailing()));
      }
    } catch (LineageException e) {
      boolean never = target != null && facts.newest(target.name(), null).isEmpty();
      String fix =
          !never
              ? e.fix()
              : scope.asOf() == null
                  ? "run it first: headwater run " + target + "."
                  : "ask for a later time: nothing was known of it at " + scope.asOf() + ".";
      throw new HeadwaterException(HeadwaterException.Kind.USAGE, e.what(), fix, e);
    }
    blocks.add(new Answer.Block.Graph(trace.dot().stripTrailing(), trace::html));
    try {
      Map<String, Object> data =
          JSON.readValue(trace.json(), new TypeReference<Map<String, Object>>() {});
      data.put("environment", stages.project().environment().name());
      return Answer.of(data, blocks);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}

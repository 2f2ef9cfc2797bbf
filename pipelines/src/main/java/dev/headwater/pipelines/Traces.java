package dev.headwater.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.Facts;
import dev.headwater.lineage.LineageException;
import dev.headwater.lineage.Trace;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Questions about where versions came from, and what was made from them. */
final class Traces {
  private static final int COLUMNS = 100;
  private static final int RUNS = 1000;
  private static final int NAMED = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Stages stages;
  private final Facts facts;

  Traces(Stages stages, RunRecords records) {
    this.stages = stages;
    this.facts = new RegistryFacts(stages.workspace(), records);
  }

  Answer back(Target target, @Nullable String ref) {
    return answer(target, () -> Trace.back(facts, Trace.find(facts, name(target, ref))));
  }

  Answer impact(Target target, @Nullable String ref) {
    return answer(target, () -> Trace.impact(facts, Trace.find(facts, name(target, ref))));
  }

  /** What came of a file that a run has read. */
  Answer impact(String file) {
    for (String name : List.of(file, fromProject(file))) {
      String label = name.substring(0, Math.max(name.lastIndexOf('@'), 0));
      if (!facts.versions(name).isEmpty() || !facts.versions(label).isEmpty()) {
        return answer(null, () -> Trace.impact(facts, Trace.find(facts, name)));
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
      return target.name() + "@" + new ModelAnswers(stages).version(target, ref).version();
    }
    boolean named = ref.startsWith("tag:") || ref.startsWith("branch:");
    String version =
        named
            ? Long.toString(new TableAnswers(stages).snapshot(target, ref).snapshotId())
            : ref.replaceFirst("^snapshot:", "");
    return target.name() + "@" + version;
  }

  private Answer answer(@Nullable Target target, Supplier<Trace> question) {
    Trace trace;
    try {
      trace = question.get();
    } catch (LineageException e) {
      boolean never = target != null && facts.versions(target.name()).isEmpty();
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          e.what(),
          never ? "run it first: headwater run " + target + "." : e.fix(),
          e);
    }
    List<Answer.Block> blocks = new ArrayList<>();
    blocks.add(new Answer.Block.Line(trace.line()));
    blocks.add(new Answer.Block.Line(""));
    blocks.add(new Answer.Block.Line(trace.text(COLUMNS).stripTrailing()));
    if (trace.direction() == Trace.Direction.IMPACT && trace.root().next().isEmpty()) {
      blocks.add(new Answer.Block.Line("No run has made anything from it yet."));
    }
    blocks.add(new Answer.Block.Graph(trace.dot().stripTrailing()));
    try {
      return Answer.of(
          JSON.readValue(trace.json(), new TypeReference<Map<String, Object>>() {}), blocks);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}

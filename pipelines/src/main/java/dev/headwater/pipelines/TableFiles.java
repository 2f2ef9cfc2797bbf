package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.ingest.SourceFile;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Write;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The files of a table's source: those that are there now, those that a run has pinned, and those
 * whose rows the table has already.
 */
final class TableFiles {
  /** The parameter of a run that holds what its table's columns could become. */
  static final String POLICY = "schema";

  private static final int ALL_RUNS = 1_000_000;

  private final Stages stages;
  private final Target target;
  private final TableDecl table;
  private final TableOutput output;

  TableFiles(Stages stages, Target target, TableDecl table, TableOutput output) {
    this.stages = stages;
    this.target = target;
    this.table = table;
    this.output = output;
  }

  /** The versions of files that a run beginning now would read. */
  List<Edge> inputs() {
    List<Edge> now =
        all().entrySet().stream()
            .map(f -> new Edge("file", f.getKey(), f.getValue().version()))
            .toList();
    if (!table.write().mode().keeps()) {
      return now;
    }
    // What the table holds came from files that are gone by now, too.
    Map<String, Edge> all = new LinkedHashMap<>();
    standing().ifPresent(last -> last.inputs().forEach(edge -> all.put(edge.name(), edge)));
    now.forEach(edge -> all.put(edge.name(), edge));
    return List.copyOf(all.values());
  }

  /** The files that the table holds already, where all it needs is the new ones. */
  Set<Edge> landed(Run run) {
    if (table.write().mode() == Write.Mode.REPLACE) {
      return Set.of();
    }
    Optional<Run> last = standing();
    if (last.isEmpty()) {
      return Set.of();
    }
    Set<Edge> before = new HashSet<>(last.get().inputs());
    if (table.write().mode().keeps()) {
      return before;
    }
    if (!last.get().stageVersion().equals(run.stageVersion())
        || !sameRows(last.get(), run)
        || unfit(last.get())
        || !isNewest(last.get())) {
      return Set.of();
    }
    Set<Edge> now = new HashSet<>(run.inputs());
    return now.containsAll(before) && now.size() > before.size() ? before : Set.of();
  }

  /** The run's files as they were when it began, but for those whose rows stay anyway. */
  Map<Edge, SourceFile> pinned(Run run, Set<Edge> landed) {
    Write.Mode mode = table.write().mode();
    Map<String, SourceFile> now = all();
    Set<String> before = new HashSet<>();
    landed.forEach(edge -> before.add(edge.name()));
    Map<Edge, SourceFile> out = new LinkedHashMap<>();
    for (Edge edge : run.inputs()) {
      if (mode.keeps() && landed.contains(edge)) {
        continue;
      }
      SourceFile file = now.get(edge.name());
      if (file == null || !file.version().equals(edge.version())) {
        throw new HeadwaterException(
            HeadwaterException.Kind.DATA,
            "Cannot ingest " + edge.name() + ": it has changed since the run began.",
            "let whatever writes it finish, then run again.");
      }
      if (mode == Write.Mode.APPEND && before.contains(edge.name())) {
        throw new HeadwaterException(
            HeadwaterException.Kind.DATA,
            "Cannot append " + edge.name() + ": it has changed since its rows were appended.",
            "give new rows a file of their own, or declare write: mirror, overwrite or upsert.");
      }
      out.put(edge, file);
    }
    return out;
  }

  /** The newest run whose rows are in the table. */
  private Optional<Run> standing() {
    String project = stages.project().name();
    Runs runs = stages.workspace().registry().runs();
    Optional<Run> last = runs.lastSucceeded(project, target.toString());
    return last.isEmpty() || output.lost(last.get()).isEmpty()
        ? last
        : runs.list(project, ALL_RUNS).stream()
            .filter(r -> r.target().equals(target.toString()))
            .filter(r -> r.status() == Run.Status.SUCCEEDED && output.lost(r).isEmpty())
            .findFirst();
  }

  /** Whether all that a run has to do is to give columns other names. */
  boolean onlyColumns(Run run) {
    Optional<Run> last = standing();
    return last.isPresent()
        && table.steps().isEmpty()
        && last.get().stageVersion().equals(run.stageVersion())
        && !last.get().declaration().equals(run.declaration())
        && sameRows(last.get(), run)
        && !unfit(last.get())
        && isNewest(last.get())
        && Set.copyOf(last.get().inputs()).equals(Set.copyOf(run.inputs()));
  }

  /** Whether rows that a run has put away could be in the table by what is declared now. */
  boolean unfit(Run run) {
    return !table.write().mode().keeps()
        && run.metrics().getOrDefault(Shaping.UNFIT, 0.0) > 0
        && !policy().equals(run.parameters().getOrDefault(POLICY, ""));
  }

  String policy() {
    return table.schema().toString();
  }

  private boolean sameRows(Run before, Run now) {
    return before.declaration().equals(now.declaration())
        || (table.steps().isEmpty()
            && Staleness.sameBut(
                POLICY,
                before.parameters().getOrDefault(Staleness.DECLARATION, "{}"),
                now.parameters().getOrDefault(Staleness.DECLARATION, "{}")));
  }

  private boolean isNewest(Run run) {
    return stages
        .workspace()
        .registry()
        .runs()
        .lastSucceeded(stages.project().name(), target.toString())
        .map(Run::id)
        .equals(Optional.of(run.id()));
  }

  /** The files that are there now, by name. */
  Map<String, SourceFile> all() {
    return new SourceStore(
            stages, Objects.requireNonNull(stages.project().sources().get(table.from())))
        .files();
  }
}

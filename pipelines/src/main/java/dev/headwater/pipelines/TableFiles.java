package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.ingest.LandedFiles;
import dev.headwater.ingest.SourceFile;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Write;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

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
    held().forEach(edge -> all.put(edge.name(), edge));
    now.forEach(edge -> all.put(edge.name(), edge));
    return List.copyOf(all.values());
  }

  /** The files that the table holds already, where all it needs is the new ones. */
  Set<Edge> landed(Run run) {
    if (table.write().mode() == Write.Mode.REPLACE) {
      return Set.of();
    }
    if (table.write().mode().keeps()) {
      return held();
    }
    Optional<Run> last = standing();
    if (last.isEmpty()) {
      return Set.of();
    }
    Set<Edge> before = new HashSet<>(last.get().inputs());
    if (!says(before)
        || !last.get().stageVersion().equals(run.stageVersion())
        || !sameRows(last.get(), run)
        || unfit(last.get())
        || !isNewest(last.get())) {
      return Set.of();
    }
    Set<Edge> now = new HashSet<>(run.inputs());
    return now.containsAll(before) && now.size() > before.size() ? before : Set.of();
  }

  /** The files that the table says it has; empty if it says nothing. */
  private Optional<LandedFiles> memory() {
    return stages
        .workspace()
        .catalog(output.ref())
        .find(output.ref())
        .flatMap(found -> LandedFiles.of(found, output.sink()));
  }

  /** What the table holds, by what it says itself and by its runs. */
  private Set<Edge> held() {
    Map<String, Edge> all = new LinkedHashMap<>();
    standing().ifPresent(last -> last.inputs().forEach(edge -> all.put(edge.name(), edge)));
    memory()
        .ifPresent(
            says ->
                says.files()
                    .forEach(
                        (name, file) -> all.put(name, new Edge("file", name, file.version()))));
    return new LinkedHashSet<>(all.values());
  }

  /** Whether the table says no other files than these, for a run of another registry has none. */
  private boolean says(Set<Edge> files) {
    Optional<LandedFiles> memory = memory();
    return memory.isEmpty()
        || memory.get().files().entrySet().stream()
            .allMatch(f -> files.contains(new Edge("file", f.getKey(), f.getValue().version())));
  }

  /**
   * What the snapshot of a run is to say.
   *
   * @param came the files whose rows come
   * @param append whether the table's other rows stay
   */
  Map<String, String> summary(Run run, Table into, Map<Edge, SourceFile> came, boolean append) {
    Map<String, LandedFiles.Landed> more = new LinkedHashMap<>();
    came.forEach((edge, file) -> more.put(edge.name(), landed(file)));
    LandedFiles before = LandedFiles.none();
    if (append || table.write().mode().keeps()) {
      before = memory().orElseGet(this::ofRuns);
      more.entrySet().removeAll(Set.copyOf(before.files().entrySet()));
      Map<String, SourceFile> now = all();
      renamed(run).keySet().forEach(name -> more.put(name, landed(now.get(name))));
    }
    return before.and(more).summary(into, run.id().toString());
  }

  /** What the registry knows, for a table that says nothing. */
  private LandedFiles ofRuns() {
    Map<String, LandedFiles.Landed> known = new LinkedHashMap<>();
    for (Edge edge : standing().map(Run::inputs).orElse(List.of())) {
      known.put(edge.name(), new LandedFiles.Landed(-1, edge.version()));
    }
    return LandedFiles.none().and(known);
  }

  private static LandedFiles.Landed landed(@Nullable SourceFile of) {
    SourceFile file = Objects.requireNonNull(of);
    return new LandedFiles.Landed(file.size(), file.version());
  }

  /**
   * Files whose content the table has under a name that is no more, where the rows of files that
   * went stay: new name to old.
   */
  Map<String, String> renamed(Run run) {
    if (!table.write().mode().keeps() || table.write().mode() == Write.Mode.REPLACE) {
      return Map.of();
    }
    Map<String, SourceFile> now = all();
    Map<String, String> gone = new LinkedHashMap<>();
    Set<String> names = new HashSet<>();
    for (Edge edge : held()) {
      names.add(edge.name());
      if (!now.containsKey(edge.name())) {
        gone.put(edge.version(), edge.name());
      }
    }
    Map<String, String> renamed = new LinkedHashMap<>();
    now.forEach(
        (name, file) -> {
          String old = gone.get(file.version());
          boolean ran = run.inputs().contains(new Edge("file", name, file.version()));
          if (old != null && ran && file.size() > 0 && !names.contains(name)) {
            renamed.put(name, old);
            gone.remove(file.version());
          }
        });
    return renamed;
  }

  /** The run's files as they were when it began, but for those whose rows stay anyway. */
  Map<Edge, SourceFile> pinned(Run run, Set<Edge> landed) {
    Write.Mode mode = table.write().mode();
    Map<String, SourceFile> now = all();
    Set<String> before = new HashSet<>();
    landed.forEach(edge -> before.add(edge.name()));
    Set<String> renamed = renamed(run).keySet();
    Map<Edge, SourceFile> out = new LinkedHashMap<>();
    for (Edge edge : run.inputs()) {
      if (mode.keeps() && (landed.contains(edge) || renamed.contains(edge.name()))) {
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

  /**
   * The files that the table has rows of, as they are now.
   *
   * @throws HeadwaterException REFUSED if one of them is gone
   */
  Map<Edge, SourceFile> again() {
    Map<String, SourceFile> now = all();
    Map<Edge, SourceFile> out = new LinkedHashMap<>();
    for (Edge edge : held()) {
      SourceFile file = now.get(edge.name());
      if (file == null) {
        throw new HeadwaterException(
            HeadwaterException.Kind.REFUSED,
            "Cannot read "
                + edge.name()
                + " again: it is gone, and the rows that "
                + table.name()
                + " has of it would be lost.",
            "put it back, or take the rows out with headwater table delete.");
      }
      out.put(new Edge("file", edge.name(), file.version()), file);
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

package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.ingest.LandedFiles;
import dev.headwater.ingest.UponFiles;
import dev.headwater.pipelines.project.Target;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Table;

/** The files whose rows a table holds, by what it says itself and by its runs. */
final class HeldFiles {
  private static final int ALL_RUNS = 1_000_000;

  private final Stages stages;
  private final Target target;
  private final TableOutput output;

  HeldFiles(Stages stages, Target target, TableOutput output) {
    this.stages = stages;
    this.target = target;
    this.output = output;
  }

  private Optional<Table> table() {
    return stages.workspace().catalog(output.ref()).find(output.ref());
  }

  /** What a commit must come upon; to be asked for before anything else is. */
  UponFiles upon() {
    return UponFiles.of(output.ref(), table(), output.sink());
  }

  /** The files that the table says it has; empty if it says nothing. */
  private Optional<LandedFiles> memory() {
    return table().flatMap(found -> LandedFiles.of(found, output.sink()));
  }

  /** The versions of all of them. */
  Set<Edge> all() {
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
  boolean says(Set<Edge> files) {
    Optional<LandedFiles> memory = memory();
    return memory.isEmpty()
        || memory.get().files().entrySet().stream()
            .allMatch(f -> files.contains(new Edge("file", f.getKey(), f.getValue().version())));
  }

  /** All of them, by what the table says, or where it says nothing by what the registry knows. */
  LandedFiles files() {
    return memory().orElseGet(this::ofRuns);
  }

  /** What a snapshot is to say that leaves the rows as they are. */
  Map<String, String> same(Run run, Table into) {
    return files().summary(into, run.id().toString());
  }

  private LandedFiles ofRuns() {
    Map<String, LandedFiles.Landed> known = new LinkedHashMap<>();
    for (Edge edge : standing().map(Run::inputs).orElse(List.of())) {
      known.put(edge.name(), new LandedFiles.Landed(-1, edge.version()));
    }
    return LandedFiles.none().and(known);
  }

  /** The newest run whose rows are in the table. */
  Optional<Run> standing() {
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

  /** Whether no run of the table came after it. */
  boolean isNewest(Run run) {
    return stages
        .workspace()
        .registry()
        .runs()
        .lastSucceeded(stages.project().name(), target.toString())
        .map(Run::id)
        .equals(Optional.of(run.id()));
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.lineage.DataSet;
import dev.headwater.lineage.Facts;
import dev.headwater.lineage.RunFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** What the registry knows of runs, as traces ask for it. */
final class RegistryFacts implements Facts {
  private final Workspace workspace;
  private final RunRecords records;
  private final Map<UUID, RunFacts> known = new LinkedHashMap<>();

  RegistryFacts(Workspace workspace, RunRecords records) {
    this.workspace = workspace;
    this.records = records;
  }

  @Override
  public List<DataSet> versions(String label) {
    List<Edge> names = new ArrayList<>();
    names.add(new Edge("model", label, ""));
    if (label.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      names.add(new Edge("table", workspace.table(label).toString(), ""));
    } else if (label.matches("[A-Za-z_][A-Za-z0-9_.-]*\\.[A-Za-z0-9_-]+")) {
      names.add(new Edge("table", label, ""));
    }
    names.add(new Edge("file", label, ""));
    for (Edge name : names) {
      Set<Edge> versions = new LinkedHashSet<>();
      Stream<Run> runs =
          Stream.concat(runs().writersOf(name).stream(), runs().readersOf(name).stream())
              .filter(run -> run.status() == Run.Status.SUCCEEDED)
              .sorted(Comparator.comparing(Run::started));
      runs.flatMap(run -> Stream.concat(run.outputs().stream(), run.inputs().stream()))
          .filter(e -> e.kind().equals(name.kind()) && e.name().equals(name.name()))
          .forEach(versions::add);
      if (!versions.isEmpty()) {
        return versions.stream().map(e -> records.dataSet(e, false)).toList();
      }
    }
    return List.of();
  }

  @Override
  public Optional<RunFacts> writer(DataSet version) {
    return runs().writersOf(records.edge(version)).stream()
        .filter(run -> run.status() == Run.Status.SUCCEEDED)
        .findFirst()
        .or(() -> signed(records.edge(version)))
        .map(this::facts);
  }

  /** A stream's snapshots are too many to be written down: each says itself which run it is of. */
  private Optional<Run> signed(Edge edge) {
    if (!edge.kind().equals("table") || edge.version().isEmpty()) {
      return Optional.empty();
    }
    TableRef ref = workspace.named(edge.name());
    return workspace
        .catalog(ref)
        .find(ref)
        .map(table -> table.snapshot(Long.parseLong(edge.version())))
        .map(snapshot -> snapshot.summary().get(SummaryKeys.RUN))
        .flatMap(run -> runs().find(UUID.fromString(run)));
  }

  @Override
  public List<RunFacts> readers(DataSet version) {
    return runs().readersOf(records.edge(version)).stream()
        .filter(run -> run.status() == Run.Status.SUCCEEDED)
        .sorted(Comparator.comparing(Run::started))
        .map(this::facts)
        .toList();
  }

  private RunFacts facts(Run run) {
    return known.computeIfAbsent(run.id(), id -> records.facts(run));
  }

  private Runs runs() {
    return workspace.registry().runs();
  }
}

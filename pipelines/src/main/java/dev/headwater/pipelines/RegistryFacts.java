package dev.headwater.pipelines;

import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.lineage.DataSet;
import dev.headwater.lineage.Facts;
import dev.headwater.lineage.RunFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What the registry knows of runs, as traces ask for it. */
final class RegistryFacts implements Facts {
  private final Workspace workspace;
  private final RunRecords records;
  private final TableLook tables;
  private final Map<UUID, RunFacts> known = new HashMap<>();
  private final Map<String, List<Version>> versions = new HashMap<>();

  /** For one question: what it has seen it doesn't look at again. */
  RegistryFacts(Workspace workspace, RunRecords records, boolean columns) {
    this.workspace = workspace;
    this.records = records.looking(columns);
    this.tables = new TableLook(workspace);
  }

  @Override
  public List<Version> versions(String label) {
    List<Version> there = versions.get(label);
    if (there == null) {
      there = seen(label);
      versions.put(label, there);
    }
    return there;
  }

  private List<Version> seen(String label) {
    List<Edge> names = new ArrayList<>();
    names.add(new Edge("model", label, ""));
    if (label.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      names.add(new Edge("table", workspace.table(label).toString(), ""));
    } else if (label.matches("[A-Za-z_][A-Za-z0-9_.-]*\\.[A-Za-z0-9_-]+")) {
      names.add(new Edge("table", label, ""));
    }
    names.add(new Edge("file", label, ""));
    names.add(new Edge(TopicEdge.KIND, label, ""));
    for (Edge name : names) {
      List<Runs.Seen> seen = runs().seen(name.kind(), name.name());
      if (!seen.isEmpty()) {
        DataSet.Kind kind = records.dataSet(name, false).kind();
        return seen.stream().map(s -> new Version(kind, label, s.version(), s.since())).toList();
      }
    }
    return List.of();
  }

  @Override
  public DataSet dataSet(Version version) {
    return records.dataSet(records.edge(version.kind(), version.label(), version.version()), false);
  }

  @Override
  public Optional<RunFacts> writer(DataSet version) {
    Edge edge = records.edge(version);
    return runs().writersOf(edge).stream()
        .filter(run -> run.status() == Run.Status.SUCCEEDED)
        .findFirst()
        .or(() -> signed(edge))
        .map(this::facts);
  }

  /** A stream's snapshots are too many to be written down: each says itself which run it is of. */
  private Optional<Run> signed(Edge edge) {
    if (!edge.kind().equals("table") || edge.version().isEmpty()) {
      return Optional.empty();
    }
    return tables
        .find(edge)
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
    RunFacts there = known.get(run.id());
    if (there == null) {
      there = records.facts(run);
      known.put(run.id(), there);
    }
    return there;
  }

  private Runs runs() {
    return workspace.registry().runs();
  }
}

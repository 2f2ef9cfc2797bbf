package dev.headwater.pipelines;

import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.catalog.registry.Versions;
import dev.headwater.lineage.DataSet;
import dev.headwater.lineage.Facts;
import dev.headwater.lineage.RunFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the registry knows of runs, as traces ask for it. */
final class RegistryFacts implements Facts {
  private final Workspace workspace;
  private final RunRecords records;
  private final TableLook tables;
  private final Map<UUID, RunFacts> known = new HashMap<>();

  /** For one question: what it has seen it doesn't look at again. */
  RegistryFacts(Workspace workspace, RunRecords records, boolean columns) {
    this.workspace = workspace;
    this.records = records.looking(columns);
    this.tables = new TableLook(workspace);
  }

  @Override
  public Optional<Version> newest(String label, @Nullable Instant until) {
    for (Edge name : names(label, "")) {
      Optional<Versions.Seen> seen = seen().newest(name.kind(), name.name(), until);
      if (seen.isPresent()) {
        return seen.map(s -> version(name, label, s));
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<Version> version(String label, String version) {
    for (Edge name : names(label, version)) {
      Optional<Versions.Seen> seen = seen().find(name);
      if (seen.isPresent()) {
        return seen.map(s -> version(name, label, s));
      }
    }
    return Optional.empty();
  }

  @Override
  public List<Version> versions(String label, String beginning) {
    for (Edge name : names(label, "")) {
      List<Versions.Seen> seen = seen().beginning(name.kind(), name.name(), beginning);
      if (!seen.isEmpty()) {
        return seen.stream().map(s -> version(name, label, s)).toList();
      }
    }
    return List.of();
  }

  private static Version version(Edge name, String label, Versions.Seen seen) {
    DataSet.Kind kind = DataSet.Kind.valueOf(name.kind().toUpperCase(Locale.ROOT));
    return new Version(kind, label, seen.version(), seen.since());
  }

  /** What a label may mean, in the order in which it is tried. */
  private List<Edge> names(String label, String version) {
    List<Edge> names = new ArrayList<>();
    names.add(new Edge("model", label, version));
    if (label.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      names.add(new Edge("table", workspace.table(label).toString(), version));
    } else if (label.matches("[A-Za-z_][A-Za-z0-9_.-]*\\.[A-Za-z0-9_-]+")) {
      names.add(new Edge("table", label, version));
    }
    names.add(new Edge("file", label, version));
    names.add(new Edge(TopicEdge.KIND, label, version));
    return names;
  }

  @Override
  public DataSet dataSet(Version version) {
    return records.dataSet(records.edge(version.kind(), version.label(), version.version()), false);
  }

  @Override
  public Optional<RunFacts> writer(DataSet version) {
    Edge edge = records.edge(version);
    return workspace.recorded().writersOf(edge).stream()
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
        .flatMap(run -> workspace.recorded().writer(edge, UUID.fromString(run)));
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

  private Versions seen() {
    return workspace.registry().versions();
  }

  private Runs runs() {
    return workspace.registry().runs();
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.pipelines.project.Project;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs have read and written, in our registry or in that of the place where it was made; all
 * by the names that it has here.
 */
record Recorded(Workspace workspace) {
  private static final Logger LOG = LoggerFactory.getLogger(Recorded.class);

  /** Runs that wrote a version, by the names that their things have here; the newest first. */
  List<Run> writersOf(Edge edge) {
    return asked(
            edge,
            (runs, there) ->
                runs.writersOf(there.map(t -> t.there(edge)).orElse(edge)).stream()
                    .map(run -> there.map(t -> t.here(run)).orElse(run))
                    .toList())
        .orElse(List.of());
  }

  /** A run that wrote to a table, wherever that is. */
  Optional<Run> writer(Edge edge, UUID id) {
    return asked(
            edge,
            (runs, there) -> runs.find(id).map(run -> there.map(t -> t.here(run)).orElse(run)))
        .flatMap(found -> found);
  }

  /** The run of the same target before the one that wrote a version. */
  Optional<Run> before(Edge edge, Run run) {
    return asked(
            edge, (runs, there) -> runs.before(run).map(r -> there.map(t -> t.here(r)).orElse(r)))
        .flatMap(found -> found);
  }

  /** A place that can't be reached has nothing to tell: what is asked of it doesn't fail. */
  private <T> Optional<T> asked(Edge edge, BiFunction<Runs, Optional<Elsewhere>, T> question) {
    Optional<Elsewhere> there = Elsewhere.of(workspace.project(), edge);
    try {
      Runs runs = there.map(workspace::registry).orElse(workspace.registry()).runs();
      return Optional.of(question.apply(runs, there));
    } catch (HeadwaterException e) {
      if (there.isEmpty()) {
        throw e;
      }
      LOG.debug("{} can't be asked", there.get(), e);
      return Optional.empty();
    }
  }

  /** A version of a model, by the name that an edge has for it. */
  Optional<ModelVersion> version(Edge model) {
    Optional<Elsewhere> there = Elsewhere.of(workspace.project(), model);
    Edge known = there.map(t -> t.there(model)).orElse(model);
    return there
        .map(workspace::registry)
        .orElse(workspace.registry())
        .models()
        .find(
            there.map(Elsewhere::project).orElse(workspace.project().name()),
            known.name(),
            Integer.parseInt(known.version()));
  }

  /** The version that a run has pinned of a table that its declaration names, wherever that is. */
  Optional<Edge> input(Run run, String table) {
    TableRef ref = workspace.table(table);
    return run.inputs().stream()
        .filter(edge -> edge.kind().equals("table"))
        .filter(edge -> edge.name().equals(ref.toString()) || sibling(run, ref, edge))
        .findFirst();
  }

  /** Whether an edge is to the table of the same name in the run's own project, or elsewhere. */
  private boolean sibling(Run run, TableRef ref, Edge edge) {
    TableRef read = Project.recorded(edge.name());
    boolean theirs =
        !run.project().equals(workspace.project().name()) && read.namespace().equals(run.project());
    return read.name().equals(ref.name())
        && (theirs || Elsewhere.named(workspace.project(), read.catalog()).isPresent());
  }
}

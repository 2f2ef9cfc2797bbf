package dev.headwater.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.OwnFacet;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a view's features are, and how far a monitor's columns have moved, by a run's record. */
final class OwnLook {
  private static final Logger LOG = LoggerFactory.getLogger(OwnLook.class);

  /** Of more columns nothing is told: no server would take the event. */
  private static final int COLUMNS = 300;

  private final Workspace workspace;
  private final QualityLook quality;

  OwnLook(Workspace workspace, QualityLook quality) {
    this.workspace = workspace;
    this.quality = quality;
  }

  /**
   * What a run has to tell of a table that it wrote.
   *
   * @param table the table, if it is there
   */
  List<OwnFacet> of(Run run, Edge edge, Optional<Table> table) {
    List<OwnFacet> own = new ArrayList<>();
    features(run).ifPresent(own::add);
    table.flatMap(t -> drift(run, t, edge)).ifPresent(own::add);
    String target = run.target().substring(run.target().indexOf('/') + 1);
    if (edge.name().equals(workspace.table(target).toString())) {
      quality.letters(run).ifPresent(own::add);
    }
    return own;
  }

  /** How a feature view is computed; empty of other runs. */
  private static Optional<OwnFacet> features(Run run) {
    if (!run.stage().equals(Target.Kind.FEATURES.stage())) {
      return Optional.empty();
    }
    JsonNode declared = ColumnFlow.declared(run);
    Map<String, String> values = new TreeMap<>();
    declared.path("values").fields().forEachRemaining(v -> values.put(v.getKey(), text(v)));
    return Optional.of(
        OwnFacet.Features.of(
            declared.path("from").asText(),
            texts(declared.path("key")),
            declared.path("time").asText(),
            declared.path("known").asText(),
            texts(declared.path("windows")),
            values,
            run.declaration()));
  }

  private static String text(Map.Entry<String, JsonNode> value) {
    return value.getValue().asText();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** What a monitor's run found; empty of other runs. */
  private Optional<OwnFacet> drift(Run run, Table table, Edge edge) {
    boolean found = run.status() == Run.Status.SUCCEEDED && !edge.version().isEmpty();
    if (!found || !run.stage().equals(Target.Kind.MONITOR.stage()) || run.inputs().size() < 2) {
      return Optional.empty();
    }
    try {
      JsonNode declared = ColumnFlow.declared(run);
      SnapshotRef ref =
          new SnapshotRef(
              workspace.named(edge.name()), table.uuid(), Long.parseLong(edge.version()));
      List<OwnFacet.Distance> columns =
          DriftAnswers.entries(table, ref).stream()
              .filter(e -> e.period() == null)
              .limit(COLUMNS)
              .map(OwnLook::distance)
              .toList();
      return Optional.of(
          new OwnFacet.Drift(
              declared.path("current").asText(),
              named(run.inputs().get(1)),
              declared.path("threshold").asDouble(),
              columns));
    } catch (RuntimeException e) {
      LOG.warn("What {} found is not told", run.target(), e);
      return Optional.empty();
    }
  }

  /** A version as people name it. */
  private String named(Edge edge) {
    return edge.kind().equals("table")
        ? workspace.label(workspace.named(edge.name()))
        : edge.name() + (edge.version().isEmpty() ? "" : "@" + edge.version());
  }

  private static OwnFacet.Distance distance(DriftAnswers.Entry e) {
    return new OwnFacet.Distance(
        e.column(), e.rows(), e.psi(), e.low(), e.high(), e.moved(), e.toldBy());
  }
}

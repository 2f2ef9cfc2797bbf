package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.DataSet;
import dev.headwater.lineage.JobName;
import dev.headwater.lineage.Quality;
import dev.headwater.lineage.RunFacts;
import dev.headwater.pipelines.project.About;
import dev.headwater.pipelines.project.Origin;
import dev.headwater.pipelines.project.Target;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** The registry's runs and edges as lineage's records: the same facts, with what tables say. */
final class RunRecords {
  private final Workspace workspace;
  private final Function<Run, RunFacts.@Nullable Engine> engine;
  private final TableLook tables;
  private final EdgeSets sets;
  private final @Nullable ColumnFlow flow;

  /** Only where events are made: it reads sketches and letters. */
  private final @Nullable QualityLook quality;

  /** Records that say of each run what computed it, or nothing. */
  RunRecords(Workspace workspace, Function<Run, RunFacts.@Nullable Engine> engine) {
    this(workspace, engine, true, false);
  }

  private RunRecords(
      Workspace workspace,
      Function<Run, RunFacts.@Nullable Engine> engine,
      boolean columns,
      boolean telling) {
    this.workspace = workspace;
    this.engine = engine;
    this.tables = new TableLook(workspace);
    this.sets = new EdgeSets(workspace, tables);
    this.flow =
        columns
            ? new ColumnFlow(new FlowLook(workspace, tables, edge -> dataSet(edge, false).name()))
            : null;
    this.quality = telling ? new QualityLook(workspace) : null;
  }

  /** The same with all that events tell: columns, what is in them, where the code is. */
  RunRecords telling() {
    return new RunRecords(workspace, engine, true, true);
  }

  /**
   * The same for what is asked now: each table is looked at once.
   *
   * @param columns whether it is told which columns come from which
   */
  RunRecords looking(boolean columns) {
    return new RunRecords(workspace, engine, columns, false);
  }

  RunFacts facts(Run run) {
    JobName job =
        isWhole(run)
            ? JobName.project(run.project())
            : JobName.of(run.project(), run.stage(), name(run.target()));
    Map<String, String> figures = new TreeMap<>();
    run.metrics().forEach((k, v) -> figures.put(k, number(v)));
    Map<String, String> parameters = new TreeMap<>(run.parameters());
    parameters.put("stage_version", run.stageVersion());
    List<DataSet> outputs = outputs(run);
    About about = about(run);
    RunFacts.Builder facts =
        RunFacts.run(run.id(), job, run.started())
            .engine(engine.apply(run))
            .parameters(parameters)
            .processing(
                TopicEdge.streams(run) ? RunFacts.Processing.STREAMING : RunFacts.Processing.BATCH)
            .facts(figures)
            .nominal(Nominal.from(run), Nominal.to(run))
            .description(about.description())
            .owners(owners(about))
            .tags(tags(about))
            .inputs(inputs(run, QualityLook.rules(outputs)))
            .outputs(outputs);
    if (quality != null) {
      Origin origin = workspace.project().origin();
      facts.code(SourceLook.of(origin.folder(), file(origin, run)).orElse(null));
    }
    if (run.parent() != null) {
      facts.parent(new RunFacts.Parent(run.parent(), JobName.project(run.project())));
    }
    return switch (run.status()) {
      case OPEN -> facts.build();
      case SUCCEEDED ->
          facts.ended(RunFacts.Status.COMPLETED, Objects.requireNonNull(run.ended())).build();
      case FAILED ->
          facts
              .failed(
                  new RunFacts.Failure(Objects.requireNonNullElse(run.error(), "failed"), null),
                  Objects.requireNonNull(run.ended()))
              .build();
    };
  }

  /** The one that a run's target is declared in; the project's own where it isn't any more. */
  private String file(Origin origin, Run run) {
    return target(run).map(target -> origin.file(target.path())).orElse(origin.file());
  }

  private About about(Run run) {
    return target(run).map(workspace.project()::about).orElse(About.NONE);
  }

  private Optional<Target> target(Run run) {
    return workspace.project().targets().stream()
        .filter(target -> target.toString().equals(run.target()))
        .findFirst();
  }

  private static Map<String, String> owners(About about) {
    return about.owners().stream().collect(Collectors.toMap(owner -> owner, owner -> "OWNER"));
  }

  /** As dbt's integration has them: a word that is there is true. */
  private static Map<String, String> tags(About about) {
    return about.tags().stream().collect(Collectors.toMap(tag -> tag, tag -> "true"));
  }

  private List<DataSet> inputs(Run run, @Nullable Quality rules) {
    List<DataSet.Field> taken = flow == null ? List.of() : taken(run);
    // Of several files nobody knows whose rows broke a rule.
    Quality quality = run.inputs().size() == 1 ? rules : null;
    return run.inputs().stream()
        .map(
            e ->
                e.kind().equals("file") || e.kind().equals(TopicEdge.KIND)
                    ? sets.source(e).schema(taken).quality(quality).build()
                    : dataSet(e, false))
        .toList();
  }

  /**
   * Of files and topics the columns that the table took from them, by the names they have there.
   */
  private List<DataSet.Field> taken(Run run) {
    if (!ColumnFlow.plain(run)) {
      return List.of();
    }
    Edge table =
        run.outputs().stream().findFirst().orElseGet(() -> edge("table", name(run.target())));
    Map<String, String> before = ColumnFlow.renamed(ColumnFlow.declared(run));
    return tables.schema(table).map(TableLook::fields).orElse(List.of()).stream()
        .map(f -> DataSet.Field.of(before.getOrDefault(f.name(), f.name()), f.type()))
        .toList();
  }

  /** A run's outputs; those that it is going to write, without a version, while it is open. */
  private List<DataSet> outputs(Run run) {
    if (!run.outputs().isEmpty()) {
      return run.outputs().stream().map(e -> output(run, e)).toList();
    }
    if (isWhole(run)) {
      return List.of();
    }
    Edge edge = edge(run.stage().equals("train") ? "model" : "table", name(run.target()));
    // A table is named by its place, which some catalogs tell only when they make it.
    return edge.kind().equals("table") && tables.place(edge).isEmpty()
        ? List.of()
        : List.of(output(run, edge));
  }

  private Edge edge(String kind, String name) {
    return new Edge(kind, kind.equals("model") ? name : workspace.table(name).toString(), "");
  }

  private DataSet output(Run run, Edge edge) {
    About about = about(run);
    DataSet.Builder set =
        sets.of(edge, true)
            .description(about.description())
            .owners(owners(about))
            .tags(tags(about));
    if (flow != null) {
      Optional<Schema> schema =
          edge.kind().equals("table") ? tables.schema(edge) : Optional.of(new Schema(List.of()));
      schema.ifPresent(
          columns -> {
            ColumnFlow.Flow found = flow.of(run, edge, columns);
            set.columns(found.columns(), found.rows());
          });
    }
    if (quality != null && run.status() == Run.Status.SUCCEEDED && edge.kind().equals("table")) {
      tables
          .find(edge)
          .flatMap(table -> quality.of(run, table, TableLook.snapshot(table, edge)))
          .ifPresent(set::quality);
    }
    if (quality != null && edge.kind().equals("table")) {
      set.own(new OwnLook(workspace, quality).of(run, edge, tables.find(edge)));
    }
    return set.build();
  }

  DataSet dataSet(Edge edge, boolean written) {
    return sets.of(edge, written).build();
  }

  /** The edge that a data set was made from. */
  Edge edge(DataSet set) {
    return edge(set.kind(), set.label(), Objects.requireNonNullElse(set.version(), ""));
  }

  Edge edge(DataSet.Kind kind, String label, String version) {
    return switch (kind) {
      case FILE -> new Edge("file", label, version);
      case MODEL -> new Edge("model", label, version);
      case TOPIC -> new Edge(TopicEdge.KIND, label, version);
      case TABLE -> new Edge("table", workspace.named(label).toString(), version);
    };
  }

  /** Whether it is a run of the project, not of one stage. */
  private static boolean isWhole(Run run) {
    return run.parent() == null && run.target().equals(run.project());
  }

  private static String name(String target) {
    return target.substring(target.indexOf('/') + 1);
  }

  /** Whole numbers without a point; the key's name says what they are. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}

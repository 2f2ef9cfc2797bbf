package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Run;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.lineage.DataSet;
import dev.headwater.lineage.DataSetName;
import dev.headwater.lineage.JobName;
import dev.headwater.lineage.ModelFacts;
import dev.headwater.lineage.RunFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** The registry's runs and edges as lineage's records: the same facts, with what tables say. */
final class RunRecords {
  private final Workspace workspace;
  private final RunFacts.@Nullable Engine engine;

  RunRecords(Workspace workspace, RunFacts.@Nullable Engine engine) {
    this.workspace = workspace;
    this.engine = engine;
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
    RunFacts.Builder facts =
        RunFacts.run(run.id(), job, run.started())
            .engine(engine)
            .parameters(parameters)
            .processing(
                TopicEdge.streams(run) ? RunFacts.Processing.STREAMING : RunFacts.Processing.BATCH)
            .facts(figures)
            .inputs(run.inputs().stream().map(e -> dataSet(e, false)).toList())
            .outputs(outputs(run));
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

  /** A run's outputs; those that it is going to write, without a version, while it is open. */
  private List<DataSet> outputs(Run run) {
    if (!run.outputs().isEmpty()) {
      return run.outputs().stream().map(e -> dataSet(e, true)).toList();
    }
    if (isWhole(run)) {
      return List.of();
    }
    String name = name(run.target());
    Edge edge =
        run.stage().equals("train")
            ? new Edge("model", name, "")
            : new Edge("table", workspace.table(name).toString(), "");
    // A table that isn't there yet has no location to be named by.
    return edge.kind().equals("table") && table(edge).isEmpty()
        ? List.of()
        : List.of(dataSet(edge, true));
  }

  DataSet dataSet(Edge edge, boolean written) {
    String version = edge.version().isEmpty() ? null : edge.version();
    return switch (edge.kind()) {
      case "file" -> {
        boolean sum = version != null && version.matches("[0-9a-f]{64}");
        DataSetName name =
            SourceFiles.isStored(edge.name())
                ? DataSetName.location(edge.name())
                : DataSetName.file(workspace.project().origin().folder().resolve(edge.name()));
        yield DataSet.file(name, edge.name()).version(version).sha256(sum ? version : null).build();
      }
      case TopicEdge.KIND -> TopicEdge.dataSet(edge);
      case "model" -> model(edge, version);
      default -> tableSet(edge, version, written);
    };
  }

  private DataSet tableSet(Edge edge, @Nullable String version, boolean written) {
    TableRef ref = ref(edge);
    Optional<Table> table = table(edge);
    DataSetName name =
        table
            .map(t -> DataSetName.location(t.location()))
            .orElseGet(() -> DataSetName.of("headwater", edge.name()));
    DataSet.Builder set =
        DataSet.table(name, label(ref))
            .version(version)
            .storage(new DataSet.Storage("iceberg", "parquet"))
            .symlink(DataSetName.of(workspace.where(ref), ref.namespace() + "." + ref.name()));
    if (table.isPresent()) {
      Snapshot snapshot = version == null ? null : table.get().snapshot(Long.parseLong(version));
      Schema schema = schema(table.get(), snapshot);
      set.schema(
          schema.columns().stream()
              .map(f -> DataSet.Field.of(f.name(), f.type().toString()))
              .toList());
      if (snapshot != null) {
        set.statistics(statistics(snapshot, written));
      }
    }
    return set.build();
  }

  private static Schema schema(Table table, @Nullable Snapshot snapshot) {
    Schema then =
        snapshot == null || snapshot.schemaId() == null
            ? null
            : table.schemas().get(snapshot.schemaId());
    return then == null ? table.schema() : then;
  }

  private static DataSet.Statistics statistics(Snapshot snapshot, boolean written) {
    Map<String, String> s = snapshot.summary();
    return written
        ? new DataSet.Statistics(
            longOf(s, SnapshotSummary.ADDED_RECORDS_PROP),
            longOf(s, SnapshotSummary.ADDED_FILE_SIZE_PROP),
            longOf(s, SnapshotSummary.ADDED_FILES_PROP))
        : new DataSet.Statistics(
            longOf(s, SnapshotSummary.TOTAL_RECORDS_PROP),
            longOf(s, SnapshotSummary.TOTAL_FILE_SIZE_PROP),
            longOf(s, SnapshotSummary.TOTAL_DATA_FILES_PROP));
  }

  private static @Nullable Long longOf(Map<String, String> summary, String key) {
    String value = summary.get(key);
    return value == null ? null : Long.valueOf(value);
  }

  private DataSet model(Edge edge, @Nullable String version) {
    String project = workspace.project().name();
    DataSet.Builder set =
        DataSet.model(DataSetName.model(project, edge.name()), edge.name()).version(version);
    if (version != null) {
      workspace
          .registry()
          .models()
          .find(project, edge.name(), Integer.parseInt(version))
          .ifPresent(m -> set.sha256(m.digest()).model(model(m)));
    }
    return set.build();
  }

  private ModelFacts model(ModelVersion model) {
    List<ModelFacts.Pin> pins =
        workspace.registry().runs().find(model.run()).stream()
            .flatMap(run -> run.inputs().stream())
            .filter(e -> e.kind().equals("table") && !e.version().isEmpty())
            .map(
                e ->
                    new ModelFacts.Pin(
                        dataSet(e, false).name(),
                        label(ref(e)),
                        e.version(),
                        Pins.kept(model, e) ? TrainJob.tag(model.model(), model.version()) : null))
            .toList();
    return ModelFacts.of(model.digest(), new LinkedHashMap<>(model.metrics()), pins);
  }

  private Optional<Table> table(Edge edge) {
    try {
      TableRef ref = ref(edge);
      return workspace.catalog(ref).find(ref);
    } catch (HeadwaterException e) {
      // Lineage never fails what it tells of; without its table a data set has a name only.
      return Optional.empty();
    }
  }

  private TableRef ref(Edge edge) {
    return workspace.named(edge.name());
  }

  /** The project's own tables by their names, others with their catalogs and namespaces. */
  private String label(TableRef ref) {
    boolean own =
        ref.catalog().equals(TableRef.DEFAULT_CATALOG)
            && ref.namespace().equals(workspace.project().name());
    return own ? ref.name() : ref.toString();
  }

  /** The edge that a data set was made from. */
  Edge edge(DataSet set) {
    String version = Objects.requireNonNullElse(set.version(), "");
    return switch (set.kind()) {
      case FILE -> new Edge("file", set.label(), version);
      case MODEL -> new Edge("model", set.label(), version);
      case TOPIC -> new Edge(TopicEdge.KIND, set.label(), version);
      default -> new Edge("table", workspace.named(set.label()).toString(), version);
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

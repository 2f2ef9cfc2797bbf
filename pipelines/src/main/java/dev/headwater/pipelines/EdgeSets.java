package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.lineage.DataSet;
import dev.headwater.lineage.DataSetName;
import dev.headwater.lineage.ModelFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** What runs read and wrote as lineage's data sets, with what tables and the registry say. */
final class EdgeSets {
  private final Workspace workspace;
  private final TableLook tables;

  EdgeSets(Workspace workspace, TableLook tables) {
    this.workspace = workspace;
    this.tables = tables;
  }

  /**
   * The data set of an edge, as its version had it.
   *
   * @param written whether a run wrote it; else it was read
   */
  DataSet.Builder of(Edge edge, boolean written) {
    String version = edge.version().isEmpty() ? null : edge.version();
    return switch (edge.kind()) {
      case "file", TopicEdge.KIND -> source(edge);
      case "model" -> model(edge, version);
      default -> table(edge, version, written);
    };
  }

  /** A file or a topic. */
  DataSet.Builder source(Edge edge) {
    if (edge.kind().equals(TopicEdge.KIND)) {
      return TopicEdge.dataSet(edge);
    }
    String version = edge.version().isEmpty() ? null : edge.version();
    boolean sum = version != null && version.matches("[0-9a-f]{64}");
    DataSetName name =
        SourceFiles.isStored(edge.name())
            ? DataSetName.location(edge.name())
            : DataSetName.file(workspace.project().origin().folder().resolve(edge.name()));
    return DataSet.file(name, edge.name()).version(version).sha256(sum ? version : null);
  }

  private DataSet.Builder table(Edge edge, @Nullable String version, boolean written) {
    TableRef ref = workspace.named(edge.name());
    Optional<Table> table = tables.find(edge);
    DataSetName name =
        tables
            .place(edge)
            .map(DataSetName::location)
            .orElseGet(() -> DataSetName.of("headwater", edge.name()));
    DataSet.Builder set =
        DataSet.table(name, workspace.label(ref))
            .version(version)
            .storage(new DataSet.Storage("iceberg", "parquet"))
            .catalog(workspace.declared(ref).map(EdgeSets::catalog).orElse(null))
            .symlink(
                DataSetName.inCatalog(workspace.where(ref), ref.namespace() + "." + ref.name()));
    if (table.isPresent()) {
      Snapshot snapshot = TableLook.snapshot(table.get(), edge);
      set.schema(TableLook.fields(TableLook.schema(table.get(), snapshot)));
      if (snapshot != null) {
        set.statistics(TableLook.statistics(snapshot, written));
      }
    }
    return set;
  }

  private static DataSet.Catalog catalog(CatalogConfig config) {
    return new DataSet.Catalog(
        "iceberg",
        config.kind(),
        config.name(),
        config.where(),
        config.properties().get(CatalogConfig.WAREHOUSE));
  }

  private DataSet.Builder model(Edge edge, @Nullable String version) {
    Optional<Elsewhere> there = Elsewhere.of(workspace.project(), edge);
    String project = there.map(Elsewhere::project).orElse(workspace.project().name());
    String name = there.map(t -> t.there(edge).name()).orElse(edge.name());
    DataSet.Builder set =
        DataSet.model(DataSetName.model(project, name), edge.name())
            .version(version)
            .schema(
                ColumnFlow.MODEL_COLUMNS.stream().map(c -> DataSet.Field.of(c, "double")).toList());
    if (version != null) {
      find(edge).ifPresent(m -> set.sha256(m.digest()).model(model(edge, m)));
    }
    return set;
  }

  /** Lineage fails nothing, though the place of a model can't be asked. */
  private Optional<ModelVersion> find(Edge edge) {
    try {
      return workspace.recorded().version(edge);
    } catch (HeadwaterException e) {
      return Optional.empty();
    }
  }

  private ModelFacts model(Edge edge, ModelVersion model) {
    List<ModelFacts.Pin> pins =
        workspace.recorded().writer(edge, model.run()).stream()
            .flatMap(run -> run.inputs().stream())
            .filter(e -> e.kind().equals("table") && !e.version().isEmpty())
            .map(
                e ->
                    new ModelFacts.Pin(
                        of(e, false).build().name(),
                        workspace.label(workspace.named(e.name())),
                        e.version(),
                        Pins.kept(model, e) ? TrainJob.tag(model.model(), model.version()) : null))
            .toList();
    return ModelFacts.of(model.digest(), new LinkedHashMap<>(model.metrics()), pins);
  }
}

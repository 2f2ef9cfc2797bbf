package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.features.ComputeFeatures;
import dev.headwater.features.FeatureView;
import dev.headwater.features.Spine;
import dev.headwater.features.Window;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.Input;
import dev.headwater.pipelines.project.ModelDecl;
import dev.headwater.pipelines.project.ScoreDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.ViewDecl;
import dev.headwater.table.CommitTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A table's snapshot -> events and points by key -> one sweep -> the feature view's table, replaced
 * in one commit.
 */
final class FeaturesJob extends TableJob {
  private static final String VERSION = "1";

  private final ViewDecl view;

  FeaturesJob(Stages stages, Target target) {
    super(stages, target);
    this.view = Objects.requireNonNull(stages.project().features().get(target.name()));
  }

  /** Rows that ask the view: its model's and its scores', with their columns for its keys. */
  private record Asker(
      String table, Map<String, String> keys, String time, @Nullable String where) {}

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public String declaration() {
    String asked =
        askers().isEmpty()
            ? ""
            : ",\"asked\":\""
                + askers().toString().replace("\\", "\\\\").replace("\"", "\\\"")
                + "\"";
    String json = Declarations.json(stages.project(), target);
    return json.substring(0, json.length() - 1) + asked + "}";
  }

  @Override
  public List<Edge> inputs() {
    Set<String> tables = new LinkedHashSet<>(List.of(view.from()));
    askers().forEach(a -> tables.add(a.table()));
    return tables.stream().map(stages::pin).toList();
  }

  @Override
  public Made make(Run run, Watch watch) {
    Workspace workspace = stages.workspace();
    Stages.Pinned source = stages.pinned(run, view.from());
    FeatureView features = features();
    Schema schema = features.schema(source.schema());
    TableShape shape =
        TableShape.exactly(
            workspace.catalog(output.ref()),
            output.ref(),
            schema,
            PartitionSpec.unpartitioned(),
            output.settings());
    Token token = output.token(run);
    List<Spine> spines = new ArrayList<>();
    long total = source.rows();
    for (Asker asker : askers()) {
      Stages.Pinned spine = stages.pinned(run, asker.table());
      total += spine.rows();
      spines.add(
          new Spine(spine.table(), spine.snapshot(), asker.keys(), asker.time(), asker.where()));
    }

    Pipeline pipeline = stages.pipeline(target, run.id().toString());
    pipeline
        .apply(
            "features",
            ComputeFeatures.of(features, source.table(), source.snapshot())
                .spines(spines)
                .into(shape.table(), run.id().toString())
                .spill(workspace.scratch(run.id()).toUri().toString(), stages.engine().workers()))
        .apply(
            "features commit",
            CommitTable.replace(workspace.catalog(output.ref()).config(), output.ref(), token)
                .shape(shape.shape())
                .summary(output.summary(run)));
    stages.run(pipeline, target, total, watch);
    return made(output.find(run).orElseThrow());
  }

  private FeatureView features() {
    return new FeatureView(
        view.name(),
        view.key(),
        view.time(),
        view.known().equals(view.time()) ? null : view.known(),
        view.windows().stream().map(w -> Window.parse(w.text())).toList(),
        view.values());
  }

  @Override
  Made made(Committed committed) {
    int values = view.values().size() * view.windows().size();
    long rows = Stages.kept(committed);
    Map<String, Double> figures = TableOutput.figures(committed);
    return new Made(
        List.of(TableOutput.edge(committed)),
        figures,
        rows,
        values
            + " values"
            + left(figures, "rows_without_point", " without key or time")
            + left(figures, "rows_never_known", " never known"),
        TableOutput.where(committed));
  }

  private static String left(Map<String, Double> figures, String fact, String why) {
    long rows = Math.round(figures.getOrDefault(fact, 0.0));
    return rows == 0 ? "" : ", " + Stages.grouped(rows) + why;
  }

  /**
   * Who asks the view for points that are not its own: the view's table holds a row for each of its
   * own (key, time) anyway, so rows of its own table under its own key ask for nothing more.
   */
  private List<Asker> askers() {
    Set<Asker> askers = new LinkedHashSet<>();
    for (ModelDecl model : stages.project().models().values()) {
      for (Input input : model.inputs().values()) {
        if (!(input instanceof Input.View joined) || !joined.view().equals(view.name())) {
          continue;
        }
        Map<String, String> keys = new LinkedHashMap<>();
        for (int i = 0; i < view.key().size(); i++) {
          keys.put(view.key().get(i), joined.key().get(i));
        }
        askers.add(new Asker(model.rows(), keys, model.time(), model.where()));
        for (ScoreDecl score : stages.project().scores().values()) {
          if (score.model().model().equals(model.name())) {
            askers.add(new Asker(score.rows(), keys, score.time(), score.where()));
          }
        }
      }
    }
    askers.removeIf(
        a ->
            a.table().equals(view.from())
                && a.time().equals(view.time())
                && a.keys().entrySet().stream().allMatch(k -> k.getKey().equals(k.getValue())));
    return List.copyOf(askers);
  }
}

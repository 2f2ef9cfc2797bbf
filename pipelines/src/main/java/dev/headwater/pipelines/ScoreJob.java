package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.registry.Alias;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Models;
import dev.headwater.catalog.registry.Run;
import dev.headwater.join.SpineJoin;
import dev.headwater.model.Metrics;
import dev.headwater.model.ModelFolder;
import dev.headwater.model.TrainSpec;
import dev.headwater.model.UserNetwork;
import dev.headwater.pipelines.project.ModelDecl;
import dev.headwater.pipelines.project.ModelRef;
import dev.headwater.pipelines.project.ScoreDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.score.ScoreRows;
import dev.headwater.score.Scored;
import dev.headwater.table.Written;
import dev.headwater.validate.Letters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** Pinned rows and views -> joined -> scored by one version of a model -> a table, replaced. */
final class ScoreJob extends TableJob {
  private static final String VERSION = "1";

  private final ScoreDecl score;
  private final ModelDecl model;

  ScoreJob(Stages stages, Target target) {
    super(stages, target);
    this.score = Objects.requireNonNull(stages.project().scores().get(target.name()));
    this.model = Objects.requireNonNull(stages.project().models().get(score.model().model()));
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public List<Edge> inputs() {
    List<Edge> inputs = new ArrayList<>();
    inputs.add(stages.pin(score.rows()));
    new Joins(stages, model).tables().forEach(view -> inputs.add(stages.pin(view)));
    inputs.add(model(stages, score.model()));
    return inputs;
  }

  @Override
  public Made make(Run run, Watch watch) {
    output.finishLater();
    Workspace workspace = stages.workspace();
    Stages.Pinned spine = stages.pinned(run, score.rows());
    List<String> columns = spine.schema().columns().stream().map(Types.NestedField::name).toList();
    SpineJoin.Rows joined =
        new SpineJoin.Rows(spine.table(), spine.snapshot(), score.time(), columns, score.where());
    List<SpineJoin.View> views = new Joins(stages, model).views(run);
    Schema schema = SpineJoin.schema(joined, views);
    ModelVersion version = version(stages, run, model.name());
    TrainSpec spec = ModelFolder.open(Path.of(version.location())).description().spec();
    UserNetwork.check(spec.network());
    TableShape shape =
        TableShape.exactly(
            workspace.catalog(output.ref()),
            output.ref(),
            ScoreRows.schema(schema, columns, spec),
            PartitionSpec.unpartitioned(),
            output.settings());
    ScoredInto into = ScoredInto.of(stages, run, score, output, shape);
    long at = ChronoUnit.MICROS.between(Instant.EPOCH, run.started());
    String scratch = workspace.scratch(run.id()).toUri().toString();

    Pipeline pipeline = stages.pipeline(target, run.id().toString());
    pipeline
        .apply(
            "score",
            new SpineJoin<>(
                joined,
                views,
                new SpineJoin.Means("score", scratch, stages.engine().workers()),
                ScoreRows.sink(
                    new ScoreRows.ScoreSpec(
                        model.name(), version.version(), version.location(), version.digest()),
                    schema,
                    columns,
                    into.writer(),
                    Letters.uncomputed(score.rows(), run.id().toString(), at)),
                Written.coder()))
        .apply("score commit", into.commit());
    stages.run(pipeline, target, -1, watch);
    return output.find(run).map(this::made).orElseGet(this::nothing);
  }

  @Override
  Made made(Committed committed) {
    Map<String, Double> figures = TableOutput.figures(committed);
    String note = committed.snapshot().map(ref -> measured(ref, figures)).orElse("no rows");
    long letters = TableOutput.count(committed, SummaryKeys.ROWS_LETTERS);
    if (letters > 0) {
      note = Stages.grouped(letters) + " letters, " + note;
    }
    return new Made(
        List.of(TableOutput.edge(committed)),
        figures,
        Stages.kept(committed),
        note,
        TableOutput.where(committed));
  }

  /** How good the predictions are where the rows tell the label, beside guessing the base rate. */
  private String measured(SnapshotRef ref, Map<String, Double> figures) {
    Scored scored;
    try {
      scored = Scored.of(stages.workspace().catalog(ref.table()).load(ref.table()), ref);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Metrics model = scored.model();
    if (model.rows() == 0) {
      return "no row has a label yet";
    }
    double base = model.baseRate();
    double guess = -base * Math.log(base) - (1 - base) * Math.log1p(-base);
    figures.put("auc", model.auc());
    figures.put("log_loss", model.logLoss());
    figures.put("base_rate", base);
    figures.put("base_rate.log_loss", guess);
    figures.put("baseline.auc", scored.baseline().auc());
    figures.put("baseline.log_loss", scored.baseline().logLoss());
    return String.format(
        Locale.ROOT,
        "AUC %.4f (logistic %.4f), log loss %.4f (logistic %.4f, base rate %.4f)",
        model.auc(),
        scored.baseline().auc(),
        model.logLoss(),
        scored.baseline().logLoss(),
        guess);
  }

  private Made nothing() {
    return new Made(List.of(stages.pin(target.name())), Map.of(), 0, "no rows", "");
  }

  /** The version that a reference means now; resolved once, at a run's start. */
  static Edge model(Stages stages, ModelRef ref) {
    Optional<Elsewhere> there = stages.deferral().model(stages.project(), ref.model());
    Workspace workspace = stages.workspace();
    Models models = there.map(workspace::registry).orElse(workspace.registry()).models();
    String project = there.map(Elsewhere::project).orElse(stages.project().name());
    Optional<Integer> version =
        ref.version().matches("\\d{1,9}")
            ? models
                .find(project, ref.model(), Integer.parseInt(ref.version()))
                .map(ModelVersion::version)
            : models.alias(project, ref.model(), ref.version()).map(Alias::version);
    if (version.isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.REFUSED,
          "Cannot use model " + ref + ": there is no such version.",
          "train it (headwater run model/"
              + ref.model()
              + "); if its gates refused it, look at headwater model show "
              + ref.model()
              + " or promote a version by hand.");
    }
    String name = there.map(t -> t.model(ref.model())).orElse(ref.model());
    return new Edge("model", name, Integer.toString(version.get()));
  }

  /** The version that a run has pinned. */
  static ModelVersion version(Stages stages, Run run, String model) {
    return run.inputs().stream()
        .filter(e -> e.kind().equals("model"))
        .filter(e -> e.name().equals(model) || e.name().endsWith("." + model))
        .flatMap(e -> stages.workspace().recorded().version(e).stream())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(run.id() + " pins no model " + model));
  }
}

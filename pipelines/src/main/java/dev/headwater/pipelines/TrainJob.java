package dev.headwater.pipelines;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.registry.Alias;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Models;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.Gate;
import dev.headwater.pipelines.project.ModelDecl;
import dev.headwater.pipelines.project.ModelRef;
import dev.headwater.pipelines.project.Target;
import dev.headwater.train.Examples;
import dev.headwater.train.TrainModel;
import dev.headwater.train.Trained;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.jspecify.annotations.Nullable;

/**
 * Pinned rows and views -> joined -> a trained network in its folder -> registered as a version,
 * its snapshots kept by tags -> champion, if its gates hold.
 */
final class TrainJob implements Job {
  private static final String VERSION = "1";

  private final Stages stages;
  private final Target target;
  private final ModelDecl model;
  private @Nullable String declaration;

  TrainJob(Stages stages, Target target) {
    this.stages = stages;
    this.target = target;
    this.model = Objects.requireNonNull(stages.project().models().get(target.name()));
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public String declaration() {
    if (declaration == null) {
      declaration = Declarations.json(stages.project(), target);
    }
    return declaration;
  }

  @Override
  public List<Edge> inputs() {
    List<Edge> inputs = new ArrayList<>();
    inputs.add(stages.pin(model.rows()));
    new Joins(stages, model).tables().forEach(view -> inputs.add(stages.pin(view)));
    return inputs;
  }

  @Override
  public Optional<Made> find(Run run) {
    return TrainedFolder.find(folder(run)).map(trained -> registered(run, trained));
  }

  @Override
  public Optional<String> lost(Run run) {
    return TrainedFolder.find(folder(run)).isPresent()
        ? Optional.empty()
        : Optional.of("its folder is gone");
  }

  @Override
  public Made make(Run run, Watch watch) {
    Workspace workspace = stages.workspace();
    Stages.Pinned rows = stages.pinned(run, model.rows());
    Copies.keep(
        stages,
        run,
        rows,
        new Joins(stages, model).needed(rows.schema()),
        TrainingSet.where(model));
    return registered(run, train(run, folder(run), workspace.scratch(run.id()), watch));
  }

  /** Trains from what a run has pinned, into a folder: also how a training is replayed. */
  Trained train(Run run, Path folder, Path scratch, Watch watch) {
    TrainingSet set = TrainingSet.of(stages, model, run);
    TrainModel.Means means = set.means(scratch, folder);
    Pipeline pipeline = stages.pipeline(target, String.valueOf(scratch.getFileName()));
    pipeline
        .apply(
            "train join",
            set.into(
                stages.engine(),
                scratch,
                TrainModel.sink(set.spec(), set.joined(), means),
                Examples.coder()))
        .apply("train", new TrainModel(set.spec(), set.joined(), means, TrainingWatch.of(run)));
    try (TrainingWatch.Watched watched = TrainingWatch.tell(run, watch)) {
      stages.run(pipeline, target, set.total(), watched::joining);
    }
    return TrainedFolder.find(folder).orElseThrow();
  }

  private Path folder(Run run) {
    return stages.workspace().model(model.name(), run.id());
  }

  /** Registers, pins and promotes; each of it once, however often it is called for a run. */
  private Made registered(Run run, Trained trained) {
    Models models = stages.workspace().registry().models();
    String project = stages.project().name();
    Map<String, Double> metrics = metrics(trained);
    ModelVersion version =
        models.register(
            project,
            model.name(),
            run.id(),
            trained.folder(),
            trained.manifestDigest(),
            metrics,
            "{\"data\":\""
                + trained.dataDigest()
                + "\",\"weights\":\""
                + trained.weightsDigest()
                + "\""
                + Pins.detail(stages.workspace(), run.inputs())
                + "}");
    List<String> tables = new ArrayList<>(List.of(model.rows()));
    tables.addAll(new Joins(stages, model).tables());
    for (String table : tables) {
      SnapshotRef snapshot = stages.exact(run, table);
      Pins.keep(
          stages.workspace(),
          run,
          snapshot.table(),
          snapshot,
          tag(model.name(), version.version()));
    }
    String where = model.name() + "@" + version.version() + promoted(models, version, metrics);
    String note =
        String.format(
            Locale.ROOT,
            "AUC %.4f on the holdout (logistic %.4f)",
            trained.holdout().auc(),
            trained.baseline().auc());
    return new Made(
        List.of(new Edge("model", model.name(), Integer.toString(version.version()))),
        metrics,
        trained.trainRows() + trained.holdoutRows(),
        note,
        where);
  }

  private String promoted(Models models, ModelVersion version, Map<String, Double> metrics) {
    String project = stages.project().name();
    List<Gate> refusing = model.gates().stream().filter(g -> !g.holds(metrics)).toList();
    if (!refusing.isEmpty()) {
      return ", refused: not " + refusing.get(0);
    }
    Optional<Alias> champion = models.alias(project, model.name(), ModelRef.CHAMPION);
    boolean already =
        models.history(project, model.name(), ModelRef.CHAMPION).stream()
            .anyMatch(a -> a.version() == version.version());
    if (!already) {
      models.promote(
          project,
          model.name(),
          ModelRef.CHAMPION,
          champion.map(Alias::version).orElse(null),
          version.version(),
          "headwater run",
          model.gates().isEmpty() ? "trained" : "its gates hold: " + gates());
    }
    return " -> champion";
  }

  private String gates() {
    return String.join(", ", model.gates().stream().map(Gate::toString).toList());
  }

  static Map<String, Double> metrics(Trained trained) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("auc", trained.holdout().auc());
    metrics.put("log_loss", trained.holdout().logLoss());
    metrics.put("base_rate", trained.holdout().baseRate());
    metrics.put("baseline.auc", trained.baseline().auc());
    metrics.put("baseline.log_loss", trained.baseline().logLoss());
    metrics.put("rows.train", (double) trained.trainRows());
    metrics.put("rows.holdout", (double) trained.holdoutRows());
    metrics.put("rows.no_label", (double) trained.noLabel());
    return metrics;
  }

  /** The tag that keeps a version's snapshots. */
  static String tag(String model, int version) {
    return "model/" + model + "/" + version;
  }
}

package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Run;
import dev.headwater.model.ModelDescription;
import dev.headwater.model.ModelFolder;
import dev.headwater.model.TrainSpec;
import dev.headwater.pipelines.project.ModelDecl;
import dev.headwater.train.Dataset;
import dev.headwater.train.DatasetPart;
import dev.headwater.train.GatherDataset;
import dev.headwater.train.TrainModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.jspecify.annotations.Nullable;

/** The rows of trainings, joined again from what is pinned and written to files for others. */
final class DatasetAnswers {
  /** What of a model's declaration decides no row. */
  private static final Set<String> NO_ROWS = Set.of("network", "gates", "training", "code");

  private final Stages stages;
  private final DatasetTask task;
  private final Progress progress;
  private final ModelDecl model;

  DatasetAnswers(Stages stages, DatasetTask task, Progress progress) {
    this.stages = stages;
    this.task = task;
    this.progress = progress;
    this.model = Objects.requireNonNull(stages.project().models().get(task.model().name()));
  }

  /**
   * The rows of a training.
   *
   * @param name what it is, for people
   * @param digest of the rows as the training had them; null: none has had them yet
   */
  private record Source(String name, TrainingSet set, @Nullable String digest) {}

  Answer write() {
    DatasetFile.check(task.to(), task.force());
    Source source = source();
    progress.started(task.model(), "rows of " + source.name());
    Path scratch = stages.workspace().scratch(UUID.randomUUID());
    long began = System.nanoTime();
    try {
      Dataset dataset = joined(source.set(), scratch);
      Dataset.Figures figures = dataset.figures();
      if (source.digest() != null && !source.digest().equals(figures.digest())) {
        throw new HeadwaterException(
            HeadwaterException.Kind.REFUSED,
            "Cannot write the rows of "
                + source.name()
                + ": its pinned snapshots give other rows now (sha256 "
                + figures.digest()
                + ") than it was trained on ("
                + source.digest()
                + ").",
            "take the Headwater that it was trained with; `headwater replay "
                + source.name()
                + "` compares too.");
      }
      long rows = written(dataset, figures.train() + figures.holdout());
      progress.ended(
          StageResult.done(
              task.model(),
              rows,
              "written",
              (System.nanoTime() - began) / 1e9,
              task.to().toString(),
              Map.of()));
      return answer(source, figures, rows);
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "Cannot write " + task.to() + ": " + e.getMessage() + ".",
          "look at the room and the rights there.",
          e);
    } finally {
      Workspace.delete(scratch);
    }
  }

  private Source source() {
    ModelAnswers models = new ModelAnswers(stages);
    TrainJob job = new TrainJob(stages, task.model());
    boolean none =
        stages
            .workspace()
            .registry()
            .models()
            .versions(stages.project().name(), model.name())
            .isEmpty();
    if (task.current() || task.ref() == null && none) {
      Run now =
          Run.open(
              stages.project().name(),
              task.model().kind().stage(),
              task.model().toString(),
              null,
              job.inputs(),
              Map.of(),
              "",
              job.version());
      return new Source(model.name() + " as declared", TrainingSet.of(stages, model, now), null);
    }
    ModelVersion version = models.version(task.model(), task.ref());
    String name = model.name() + "@" + version.version();
    Run run =
        stages
            .workspace()
            .registry()
            .runs()
            .find(version.run())
            .orElseThrow(() -> new IllegalStateException("no run " + version.run()));
    String declared = run.parameters().getOrDefault(Staleness.DECLARATION, "{}");
    if (!Staleness.sameBut(NO_ROWS, declared, job.declaration())) {
      throw declaredOtherwise(name, Staleness.changed(declared, job.declaration()));
    }
    ModelDescription trained = ModelFolder.open(Path.of(version.location())).description();
    TrainingSet set = TrainingSet.of(stages, model, run);
    if (!set.spec().inputs().equals(trained.spec().inputs())) {
      throw declaredOtherwise(name, "the columns of its views changed");
    }
    return new Source(name, set.as(trained.spec()), trained.dataDigest());
  }

  private HeadwaterException declaredOtherwise(String name, String what) {
    return new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        "Cannot write the rows of "
            + name
            + ": the project declares "
            + task.model()
            + " differently now ("
            + what
            + ").",
        "check out the project that it was trained with, or take what it would be trained on now:"
            + " --current.");
  }

  private Dataset joined(TrainingSet set, Path scratch) throws IOException {
    TrainModel.Means means = set.means(scratch, scratch);
    TrainSpec spec = set.spec();
    Pipeline pipeline = stages.pipeline(task.model(), String.valueOf(scratch.getFileName()));
    pipeline
        .apply(
            "train join",
            set.into(
                stages.engine(),
                scratch,
                GatherDataset.sink(spec, set.joined(), set.rows().columns(), means),
                DatasetPart.coder()))
        .apply("train dataset", new GatherDataset(means));
    stages.run(
        pipeline,
        task.model(),
        set.total(),
        (rows, total, doing) -> progress.advanced(task.model(), rows, total, "join" + doing));
    return Dataset.gathered(spec, set.joined(), set.rows().columns(), scratch);
  }

  private long written(Dataset dataset, long total) throws IOException {
    long[] done = {0};
    try (DatasetFile file = DatasetFile.create(task.to(), dataset.schema())) {
      long rows =
          dataset.read(
              task.wanted(),
              batch -> {
                file.write(batch);
                done[0] += batch.size();
                progress.advanced(task.model(), done[0], total, "write");
              });
      file.finish();
      return rows;
    }
  }

  private Answer answer(Source source, Dataset.Figures figures, long rows) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("model", source.name());
    data.put("file", task.to().toString());
    data.put("rows", rows);
    data.put("rows_train", figures.train());
    data.put("rows_holdout", figures.holdout());
    data.put("rows_without_label", figures.noLabel());
    data.put("data_digest", figures.digest());
    data.put("as_trained", source.digest() != null);
    return Answer.of(
        data,
        new Answer.Block.Line(
            Stages.grouped(rows)
                + " rows of "
                + source.name()
                + " in "
                + task.to()
                + (rows < figures.train() + figures.holdout()
                    ? ", of " + Stages.grouped(figures.train() + figures.holdout())
                    : "")),
        new Answer.Block.Line(
            "data sha256 "
                + figures.digest()
                + (source.digest() == null
                    ? ": no version has been trained on it"
                    : ": the rows that it was trained on")));
  }
}
